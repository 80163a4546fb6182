"""The program that is killed: `python -m tests.crash.process`, with the database in DATABASE_URL.

Reads a line for each try, the boundary at which to die (0: nowhere), the name of an act and its arguments, and writes a line
for each: the boundary that it died at, or "done" and their number. A boundary is the moment before a statement, before a commit,
or after it; it is asked for by its number, or by its name for the first of that name.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import django


def count_boundaries(die_at: str, tell: Callable[[str], None]) -> list[str]:
    """Count the boundaries of this process's connection from now on, and die at one of them; gives the list that they are added to."""
    from django.db import connection  # noqa: PLC0415 - needs the settings

    passed: list[str] = []

    def pass_boundary(name: str) -> None:
        passed.append(name)
        if die_at in {str(len(passed)), name.replace(" ", "-")}:
            tell(name)
            os.kill(os.getpid(), signal.SIGKILL)

    def before_statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django calls it so
        pass_boundary(f"before {sql.split(maxsplit=1)[0].lower()}")
        return execute(sql, params, many, context)

    commit = connection.commit

    def commit_between() -> None:
        pass_boundary("before commit")
        commit()
        pass_boundary("after commit")

    connection.ensure_connection()
    connection.execute_wrappers.append(before_statement)
    connection.commit = commit_between  # type: ignore[method-assign] # the moments around it are what this is about
    return passed


def act_and_die(die_at: str, name: str, *arguments: str) -> None:
    """Do an act in this process, and die on the way."""
    from tests.crash import acts  # noqa: PLC0415 - needs the settings

    def tell(text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    passed = count_boundaries(die_at, tell)
    getattr(acts, name)(*arguments)
    tell(f"done {len(passed)}")


def main() -> None:
    """Make a process for each try, and wait for it."""
    django.setup()
    from backorder.engine.warm import warm  # noqa: PLC0415 - as late as the settings

    for name in ("tests.crash.acts", "backorder.config.urls"):
        import_module(name)
    warm()  # sources and compiled kernels are loaded once, not in each process
    for order in sys.stdin:
        die_at, *act = order.split()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                act_and_die(die_at, *act)
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            sys.stdout.write("failed\n")  # its traceback is on stderr
            sys.stdout.flush()


if __name__ == "__main__":
    main()

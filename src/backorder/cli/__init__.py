"""The command line: reads flags, calls services, prints. It decides nothing."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import typer

from backorder.cli import (
    arrivals,
    backup,
    consent,
    demo,
    evidence,
    explain,
    export,
    forecast,
    import_files,
    key,
    letter,
    person,
    plan,
    quote,
    reconcile,
    restore,
    sample,
    serve,
    take_mail,
    user,
    worker,
)
from backorder.cli.application import app
from backorder.faults import FaultyInputError, StoppedError

DONE, BUG, BAD_INPUT, UNREADABLE, INTERRUPTED = 0, 1, 2, 4, 130


def main() -> None:
    """Run the program and end with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; gives the exit code. What went wrong is one plain line on standard error."""
    debug = "--debug" in arguments
    try:
        code = app(
            args=[flag for flag in arguments if flag != "--debug"],
            prog_name="backorder",
            standalone_mode=False,
        )
        sys.stdout.flush()
    except FaultyInputError as error:
        return end(BAD_INPUT, "\n".join(error.lines))
    except StoppedError as stopped:
        return end(INTERRUPTED, str(stopped))
    except (KeyboardInterrupt, typer.Abort):
        return end(INTERRUPTED, "interrupted; nothing was written")
    except (BrokenPipeError, SystemExit):  # typer turns the one into the other
        # Who read our output has left; what was to be written is written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        return end(UNREADABLE, f"could not read or write, nothing was written: {error}")
    except Exception as error:  # noqa: BLE001 - whatever it is, the reader gets a line and an exit code
        if hasattr(error, "exit_code") and hasattr(error, "show"):  # a fault of the flags
            error.show()
            return int(error.exit_code)
        if debug:
            traceback.print_exc()
        told = " ".join(str(error).split())
        return end(BUG, f"a bug, nothing was written: {type(error).__name__}: {told} (--debug shows more)")
    if code == INTERRUPTED:  # typer turns Ctrl-C into this
        return end(INTERRUPTED, "interrupted; nothing was written")
    return int(code or DONE)


def end(code: int, message: str) -> int:
    """Tell why the run ends."""
    typer.echo(message, err=True)
    return code


__all__ = [
    "app",
    "arrivals",
    "backup",
    "consent",
    "demo",
    "evidence",
    "explain",
    "export",
    "forecast",
    "import_files",
    "key",
    "letter",
    "main",
    "person",
    "plan",
    "quote",
    "reconcile",
    "restore",
    "run",
    "sample",
    "serve",
    "take_mail",
    "user",
    "worker",
]

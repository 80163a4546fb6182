"""Shows how far long work is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

Tell = Callable[[str], None]


@contextmanager
def progress(steps: int, *, quiet: bool) -> Iterator[Tell]:
    """Give what to call before each step; it writes to standard error."""
    if quiet:
        yield lambda _: None
    elif not sys.stderr.isatty():
        yield lambda step: typer.echo(step, err=True)
    else:
        from rich.console import Console  # noqa: PLC0415 - only a terminal waits for it
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("starting", total=steps)
            done = -1

            def tell(step: str) -> None:
                nonlocal done
                done += 1
                bar.update(task, description=step, completed=done)

            yield tell

"""What `quote` and `explain` have in common: a folder is planned first, then the answer is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from backorder.cli.progress import Tell, progress
from backorder.cli.show import hint_policy, note

if TYPE_CHECKING:
    from backorder.channels.files.services import Decision, Question

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Shop:
    """The folder that is asked about, its rules, and the day."""

    folder: Path
    policy: Path | None
    as_of: date
    quiet: bool = False

    def ask(self, job: Callable[[Question, Tell], tuple[Decision, Answer]]) -> tuple[Decision, Answer]:
        """Do a job on the folder, showing how far it is, and tell what is worth knowing about the input."""
        from backorder.channels.files import services  # noqa: PLC0415 - loads the engine

        hint_policy(self.folder, self.policy)
        question = services.Question(self.folder, self.policy, self.as_of)
        with progress(services.count_steps(question), quiet=self.quiet) as tell:
            decision, answer = job(question, tell)
        note(decision.notes)
        return decision, answer


def answer(values: Mapping[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    """Print an answer: its values as JSON, or its sentences."""
    from backorder.channels.files import summary  # noqa: PLC0415 - loads the engine

    if as_json:
        typer.echo(summary.to_json(values), nl=False)
    else:
        typer.echo("\n".join(lines))

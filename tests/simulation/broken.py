"""What is raised when a law is broken."""

from __future__ import annotations


class LawBrokenError(AssertionError):
    """The shop does not add up; the text says what, in which shop and at which step."""

    def __init__(self, what: str, seed: int = 0, step: int = 0) -> None:
        """Keep the seed and the step."""
        super().__init__(what, seed, step)
        self.what, self.seed, self.step = what, seed, step

    def __str__(self) -> str:
        """Say all of it."""
        return f"seed {self.seed}, step {self.step}: {self.what}"

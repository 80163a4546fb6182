"""Says which files passed the soft limit: worth a look, not a failure."""

import pytest

from tests.architecture import tidy
from tests.architecture.test_tidy import lengths


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one note for each file between the limits."""
    for file, length in lengths().items():
        if tidy.LINES_SOFT < length <= tidy.LINES_HARD:
            terminalreporter.write_line(
                f"note: {file} has {length} lines; {tidy.LINES_SOFT} are enough for most"
            )

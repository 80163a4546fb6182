"""What all tests share: how long property tests search, and where real data lies."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: the first call of a kernel may compile it.
settings.register_profile("default", max_examples=200, deadline=None, print_blob=True, derandomize=True)
settings.register_profile(
    "soak",
    settings.get_profile("default"),
    derandomize=False,
    max_examples=int(os.environ.get("SOAK_EXAMPLES", "20000")),
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of real cases; it is too large for the repository."""
    folder = os.environ.get("BACKORDER_DATA")
    if folder is None:
        pytest.skip("BACKORDER_DATA names no folder of real data")
    return Path(folder)

"""What all tests share: how long property tests search, and where real data lies."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connections
from hypothesis import settings

from backorder import postgres
from backorder.config.settings import read_database

SERVER = "BACKORDER_TEST_SERVER"
"""Names the folder of the database server of this run to the processes that share the tests."""

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


def pytest_configure(config: pytest.Config) -> None:
    """Name a folder for the database server, which the first test that needs one starts; sign and hash fast."""
    site.SECRET_KEY = "for tests alone"  # noqa: S105 - it signs nothing that outlives a test
    site.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if not hasattr(config, "workerinput"):
        os.environ[SERVER] = tempfile.mkdtemp(prefix="backorder-tests-")
        Path(os.environ[SERVER]).chmod(0o755)  # root's server runs as another user, who must come to it


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server when all tests are done."""
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ.pop(SERVER))
        if (folder / "data" / "PG_VERSION").exists():
            postgres.start(folder / "data").stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """Let tests use the server named by DATABASE_URL, else one of their own; each process has its own database."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        url = postgres.start(Path(os.environ[SERVER]) / "data", durable=False).url
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")
    test_name = connections["default"].settings_dict["TEST"]
    connections["default"].settings_dict |= {**read_database(url), "NAME": "backorder", "TEST": test_name}

"""A folder for each test, and programs of our own in processes of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from backorder import postgres
from backorder.postgres import running

NOBODY = 65534
START = """
import os, sys
from pathlib import Path
from backorder import postgres
if len(sys.argv) > 2:  # as an ordinary user; the sources are read by now, and may be closed to others
    os.setgroups([])
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[2]))
try:
    print(postgres.start(Path(sys.argv[1]), durable=False).url)
except postgres.ServerError as error:
    sys.exit(str(error))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder that the server's user can come to; pytest's own are closed. Servers in it are stopped at the end."""
    top = Path(tempfile.mkdtemp(prefix="backorder-server-"))
    top.chmod(0o755)
    yield top
    for file in top.rglob(running.PID_FILE):
        if running.find_postmaster(file.parent) is not None:
            postgres.Server(file.parent, "").stop()
    shutil.rmtree(top)


def run_python(code: str, *arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, **options)  # type: ignore[call-overload,no-any-return]

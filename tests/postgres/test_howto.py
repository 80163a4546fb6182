"""docs/howto/install-on-a-server.md: its backup is made, tried and put back; what it shows of deploy/ is there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from backorder import postgres
from tests.architecture import tree
from tests.postgres.test_backups import environment, everything

PAGE = (tree.ROOT / "docs" / "howto" / "install-on-a-server.md").read_text("utf-8")


def test_the_backup_of_the_page_is_made_tried_and_put_back(folder: Path) -> None:
    server = postgres.start(folder / "var" / "data", durable=False)
    given = environment(server.url) | {"NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-m", "tests.postgres.fill"], check=True, env=given, cwd=tree.ROOT)
    before = everything(server.url)
    told = []
    for command in re.findall(r"^backorder (.+)$", PAGE, re.MULTILINE):
        words = [sys.executable, "-m", "backorder", *shlex.split(command)]
        ended = subprocess.run(
            words, check=False, capture_output=True, text=True, env=environment(None), cwd=folder
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        told.append((command.split()[0], ended.stdout.splitlines()[-1]))
    assert [command for command, _ in told] == ["backup", "restore", "reconcile", "restore"]
    assert len({line for _, line in told[1:]}) == 1  # the counts of what was tried are those of the shop
    assert (
        told[1][1]
        == "all agree: 3 levels, 1 inbound lines, 60 open lines, 44 allocations, 0 releases, 0 shipments, 0 payments, "
        "0 transfers of money, 0 charges"
    )
    assert everything(server.url) == before


def test_every_file_that_the_page_shows_is_there() -> None:
    shown = {name.rstrip(".") for name in re.findall(r"deploy/([\w.*-]+)", PAGE)} - {".env"}
    assert len(shown) > 5
    assert [name for name in sorted(shown) if not list((tree.ROOT / "deploy").glob(name))] == []


def test_every_setting_of_the_page_is_in_the_example() -> None:
    example = (tree.ROOT / "deploy" / ".env.example").read_text("utf-8")
    named = set(re.findall(r"`([A-Z_]{4,})[`=]", PAGE))
    assert named == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))

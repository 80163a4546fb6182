"""`backorder take-mail`, as a mail server calls it: a process that reads one mail from its input."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.test_consent import run
from tests.cli.test_reconcile import data

__all__ = ["data"]
NOBODY = b"From: zed@customers.example\r\nSubject: hello\r\n\r\nWhere is it?\r\n"


def take(mail: bytes, data: Path, **more: str) -> tuple[int, bytes, bytes]:
    """Hand a mail over."""
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | more
    ended = subprocess.run(
        [sys.executable, "-m", "backorder", "take-mail", "--data", str(data)],
        input=mail,
        check=False,
        capture_output=True,
        env=given,
    )
    return ended.returncode, ended.stdout, ended.stderr


def test_a_mail_about_nothing_of_ours_is_left_out(data: Path, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "items.csv").write_text("sku,price,currency\nLAMP,10.00,EUR\n", "utf-8")
    assert run("import", str(shop), "--data", str(data))[0] == 0
    for mail in (NOBODY, b"", b"\xff\x00 no mail at all", b"Subject: x\r\n\r\n" + b"\xe4" * 10_000):
        assert take(mail, data) == (0, b"it is about none of our messages, or it was taken before\n", b"")


def test_while_there_is_no_database_a_mail_is_to_be_handed_over_again(tmp_path: Path) -> None:
    """By any other exit code the mail server would send the answer of a customer back."""
    away = {"DATABASE_URL": "postgresql://backorder@127.0.0.1:9/shop"}
    for more, said in (({}, b"there is no shop in"), (away, b"no database answers at")):
        code, out, err = take(NOBODY, tmp_path / "none", **more)
        assert (code, out, err.startswith(said)) == (75, b"", True)

"""Files into the database: once, twice, in part, and not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.channels.intake.database import bring, dump, write_tables

pytestmark = pytest.mark.django_db


def test_the_same_files_twice_change_no_row(tmp_path: Path) -> None:
    shop = write_tables(tmp_path / "shop")
    report = bring(shop)
    assert report.faults == ()
    before = dump()
    again = bring(shop)
    assert again.entry is None
    assert dump() == before

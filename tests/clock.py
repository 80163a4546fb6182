"""The clock of tests that mix days of the shop with what is asked now: it stands, whatever day they are run on."""

from __future__ import annotations

import pytest

from tests.supply.shop import NOON


@pytest.fixture(autouse=True)
def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever asks ask at noon on the day of the shop of the tests."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)

"""Many promises that change in one run are one message to each customer, whatever is killed. `make soak` tells 10,000."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from tests.simulation.messages import Slip, plan_kills, tell_all


@pytest.mark.django_db(transaction=True)
def test_60_promises_that_change_in_one_run_are_60_messages_whatever_is_killed(tmp_path: Path) -> None:
    with connection.cursor() as cursor:  # Django empties its own tables only
        cursor.execute(
            "TRUNCATE procrastinate_jobs, procrastinate_periodic_defers, procrastinate_workers CASCADE"
        )
    counted = tell_all(Slip(seed=7, orders=60, kills=2), tmp_path)
    assert (counted["orders"], counted["lost"], counted["doubled"], counted["killed"]) == (60, 0, 0, 4)
    assert counted["came"] == 60 + counted["again_with_the_same_name"]


def test_who_is_killed_when_is_the_same_for_the_same_seed() -> None:
    slip = Slip(seed=7, orders=10_000, kills=10)
    planned = plan_kills(slip)
    assert planned == plan_kills(slip) != plan_kills(replace(slip, seed=8))
    assert sorted(kill for _, kill in planned) == ["kill_server"] * 10 + ["kill_workers"] * 10
    assert all(0 <= moment < 20_000 for moment, _ in planned)

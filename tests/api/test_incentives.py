"""Programs and thanks for waiting: they read rules and what they do, give what a rule gives, and stop all of it."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from backorder.access.models import Key
from backorder.care.models import Thanks
from backorder.catalog.models import CustomerClass
from backorder.payments.models import Refund
from tests.api.client import Program, problem
from tests.care.thanked import numbers, open_house, run, wait
from tests.supply.shop import NOON

pytestmark = pytest.mark.django_db
ONE, TWO = numbers(2, control=False)
(NONE,) = numbers(1, control=True)
BODY = {"order": ONE, "rule": "ten days"}


@pytest.fixture
def program() -> Program:
    """Give a program, and a shop in which three customers wait long."""
    CustomerClass.objects.create(code="trade")
    open_house()
    wait(ONE, TWO, NONE)
    return Program()


def test_thanks_are_given_once_for_each_name_and_read(program: Program) -> None:
    first, again = program.post("/thanks", BODY, "n-1"), program.post("/thanks", BODY, "n-1")
    assert (first.status_code, again.content, Refund.objects.count()) == (200, first.content, 1)
    made = json.loads(first.content)
    assert datetime.fromisoformat(made.pop("at")) == NOON
    assert made.pop("who") == f"key {Key.objects.get().name}"
    assert made == {
        **BODY,
        "group": "given",
        "drawn": False,
        "manner": "refund",
        "amount": 4_00,
        "currency": "EUR",
        "entry": Thanks.objects.get().entry_id,
    }
    assert [row["order"] for row in program.read("/thanks", order=ONE)["items"]] == [ONE]
    assert program.read("/thanks", rule="nine days")["items"] == []


def test_what_was_only_tried_changes_nothing(program: Program) -> None:
    tried = json.loads(program.post("/thanks", BODY, preview="true").content)
    assert (tried["amount"], tried["entry"], Thanks.objects.count(), Refund.objects.count()) == (
        4_00,
        None,
        0,
        0,
    )


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({**BODY, "order": NONE}, 409, f"order {NONE} is one of those that get nothing by ten days"),
        ({**BODY, "rule": "nine days"}, 409, "there is no rule nine days"),
        ({**BODY, "order": "A-0"}, 422, ""),
        ({**BODY, "amount": 5}, 422, ""),
        ({"order": ONE}, 422, ""),
    ],
)
def test_what_cannot_be_given_is_a_problem_and_changes_nothing(
    program: Program, body: dict[str, object], status: int, said: str
) -> None:
    told = problem(program.post("/thanks", body))
    assert (told["status"], said in told["detail"], Thanks.objects.count()) == (status, True, 0)


def test_rules_are_read_with_their_budget_and_both_groups(program: Program) -> None:
    run(0)
    (rule,) = program.read("/incentives")["rules"]
    assert rule == {
        "rule": "ten days",
        "mode": "on",
        "runs": True,
        "by_people": 0,
        "budgets": [
            {
                "currency": "EUR",
                "most": 100_00,
                "most_each_month": 60_00,
                "given": 8_00,
                "given_this_month": 8_00,
            }
        ],
        "given": {"orders": 2, "cancelled": 0},
        "control": {"orders": 1, "cancelled": 0},
        "fewer_cancelled": None,
        "at_least": None,
        "at_most": None,
    }


def test_all_of_it_is_stopped_and_goes_on(program: Program) -> None:
    assert program.read("/incentive-switch") == {"stopped": False}
    noted = json.loads(program.send("PUT", "/incentive-switch", {"stopped": True}).content)
    assert (noted["changed"], program.read("/incentive-switch"), run(0)) == (True, {"stopped": True}, 0)
    program.send("PUT", "/incentive-switch", {"stopped": False})
    assert run(0) == 3

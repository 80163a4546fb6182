"""Programs and what customers think: they note it, read it, add it up and name themes."""

from __future__ import annotations

import json

import pytest

from backorder.care.models import Feedback
from tests.api.care import open_house
from tests.api.client import Program, problem
from tests.care.test_feedback import wait_late

pytestmark = pytest.mark.django_db
SAID = {
    "order": "A-1",
    "score": 2,
    "text": "Nobody told me why.",
    "at": "2026-11-24T12:00:00Z",
    "medium": "mail",
}


@pytest.fixture
def program() -> Program:
    """Give a program, and a shop in which somebody waits for a late supplier."""
    open_house()
    wait_late()
    return Program()


def test_what_a_customer_thinks_is_noted_once_for_each_name_and_read(program: Program) -> None:
    first = program.post("/feedback", SAID, "n-1")
    again = program.post("/feedback", SAID, "n-1")
    assert (first.status_code, again.content, Feedback.objects.count()) == (201, first.content, 1)
    made = json.loads(first.content)
    assert (made["moment"], made["score"], made["text"], made["themes"]) == (
        *("waiting", 2, "Nobody told me why."),
        [],
    )
    assert made["lines"] == [
        {
            "line": "1",
            "sku": "LAMP",
            "first_promised_on": "2026-12-04",
            "promised_on": "2026-12-14",
            "days_late": 10,
            "supplier": "MILL",
            "cause": "INBOUND",
        }
    ]
    assert program.read(f"/feedback/{made['feedback']}") == made
    assert program.read("/feedback", sku="LAMP", moment="waiting")["items"] == [made]
    assert program.read("/feedback", sku="TENT")["items"] == []


def test_scores_are_added_up(program: Program) -> None:
    made = program.change("/feedback", SAID, status=201)
    noted = program.send("PUT", f"/feedback/{made['feedback']}/themes", {"themes": ["Slow"]})
    assert json.loads(noted.content)["changed"] is True
    numbers = {"count": 1, "scored": 1, "average": 2.0, "low": 1, "days_late": 10.0}
    for by, key in (("supplier", "MILL"), ("item", "LAMP"), ("cause", "INBOUND"), ("theme", "slow")):
        assert program.read("/feedback-scores", by=by) == {"by": by, "scores": [{"key": key, **numbers}]}
    assert program.read("/feedback", theme="slow")["items"][0]["themes"] == ["slow"]


def test_what_is_only_tried_is_not_kept(program: Program) -> None:
    tried = json.loads(program.post("/feedback", SAID, preview="true").content)
    assert (tried["feedback"], tried["entry"], Feedback.objects.count()) == (None, None, 0)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"order": "A-9"}, 422),
        ({"score": 0}, 422),
        ({"score": 6}, 422),
        ({"score": True}, 422),
        ({"text": "x" * 2001}, 422),
        ({"text": "a\0b"}, 422),
        ({"medium": "pigeon"}, 422),
        ({"score": None, "text": " "}, 409),
        ({"at": "2026-11-23T12:00:00Z"}, 409),
        ({"at": "2199-11-23T12:00:00Z"}, 409),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_kept(
    program: Program, change: dict[str, object], status: int
) -> None:
    told = problem(program.post("/feedback", {**SAID, **change}))
    assert (told["status"], Feedback.objects.count()) == (status, 0)


def test_themes_that_cannot_be_are_told(program: Program) -> None:
    made = program.change("/feedback", SAID, status=201)
    for themes, status in ((["a,b"], 409), (["x" * 61], 409), ([f"{each}" for each in range(11)], 422)):
        told = problem(program.send("PUT", f"/feedback/{made['feedback']}/themes", {"themes": themes}))
        assert told["status"] == status
    assert Feedback.objects.get().themes == []

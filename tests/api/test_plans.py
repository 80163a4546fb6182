"""Rules, what-ifs and decisions, as a program asks about them."""

from __future__ import annotations

import pytest

from backorder.allocation.models import Run, RunFacts, Simulation
from backorder.outbox.models import Entry
from backorder.supply.models import SELLABLE
from backorder.supply.services import adjust
from tests.allocation.shop import buy, order_in
from tests.api.client import Program, problem
from tests.supply.shop import cause, item, place

pytestmark = pytest.mark.django_db
FIRST = '[promises]\nkeep = "never"\n'
SECOND = '[promises]\nkeep = "never"\n[rank]\nkeys = ["-ordered_at"]\n'


@pytest.fixture
def program() -> Program:
    """Give a program, and a shop of which two orders wait."""
    adjust((item(), place(), SELLABLE), 4, "return", cause())
    order_in("LAMP", 10, "PO-1", 60)
    buy("A-1", ("LAMP", 6))
    buy("A-2", ("LAMP", 6))
    return Program()


def test_rules_are_published_listed_and_rolled_back(program: Program) -> None:
    first, second = FIRST, SECOND
    assert program.read("/policies/in-force")["version"] is None
    tried = program.change("/policies", {"text": first}, preview="true")
    assert (tried["entry"], tried["run"]["run"], program.read("/policies")["items"]) == (None, None, [])
    done = program.change("/policies", {"text": first, "why": "first rules"})
    assert (done["run"]["version"], done["run"]["whole"], done["run"]["figures"]["lines"]) == (1, True, 2)
    program.change("/policies", {"text": second, "hysteresis_days": 2})
    assert [one["version"] for one in program.read("/policies")["items"]] == [2, 1]
    now = program.read("/policies/in-force")
    assert (now["version"], now["text"], now["hysteresis_days"]) == (2, second, 2)
    earlier = program.read("/publications")["items"][-1]
    program.change(f"/publications/{earlier['publication']}/roll-backs", {"why": "too strict"})
    assert program.read("/policies/in-force")["text"] == first
    assert program.read("/policies/1")["why"] == "first rules"
    told = program.post(
        f"/publications/{program.read('/publications')['items'][0]['publication']}/roll-backs", {}
    )
    assert problem(told)["detail"] == "version 1 is in force already"


def test_faults_of_rules_are_told_one_by_one(program: Program) -> None:
    before = Entry.objects.count()
    for path in ("/policies", "/simulations"):
        told = problem(program.post(path, {"text": "nonsense = 1\n"}))
        assert (told["type"], told["errors"][0]["at"]) == ("/api/v1/docs#invalid", "/text")
        assert "nonsense" in told["errors"][0]["detail"]
    assert Entry.objects.count() == before


def test_a_simulation_shows_its_lines_and_comes_true_or_is_put_aside(program: Program) -> None:
    later = {"inbound": "PO-1", "line": "1", "remaining": 4}
    tried = program.change("/simulations", {"changes": [later]}, status=201, preview="true")
    assert (tried["simulation"], Simulation.objects.count()) == (None, 0)
    made = program.change("/simulations", {"changes": [later]}, status=201)
    assert (made["ended"], made["run"]["in_force"], made["text"]) == (None, False, None)
    path = f"/simulations/{made['simulation']}"
    assert program.read(path) == made
    lines = program.read(f"{path}/lines")["items"]
    assert [(one["order"], one["allocated_before"], one["allocated_after"]) for one in lines] == [
        ("A-2", 6, 2)
    ]
    assert program.read(f"{path}/lines", worsened="false")["items"] == []
    program.change(f"{path}/publications", {})
    assert program.read(path)["ended"] == "published"
    assert program.read("/inbound/PO-1")["lines"][0]["remaining"] == 4
    assert problem(program.post(f"{path}/discards", {}))["status"] == 409
    other = program.change("/simulations", {}, status=201)
    program.change(f"/simulations/{other['simulation']}/discards", {})
    assert [one["ended"] for one in program.read("/simulations")["items"]] == ["discarded", "published"]
    twice = problem(program.post("/simulations", {"changes": [later, later]}))
    assert [fault["at"] for fault in twice["errors"]] == ["/changes/1"]


def test_everything_is_decided_again_and_a_decision_is_made_again(program: Program) -> None:
    before = Run.objects.count()
    program.change("/plan", {}, preview="true")
    assert Run.objects.count() == before
    done = program.change("/plan", {"why": "to be sure"})
    number = done["run"]["run"]
    assert program.read(f"/runs/{number}") == done["run"]
    assert program.read("/runs", whole="true", in_force="true")["items"] == [done["run"]]
    again = program.read(f"/runs/{number}/replay")
    assert (again["same"], again["plan_hash"] == again["replayed_hash"]) == (True, True)
    RunFacts.objects.filter(run=number).delete()
    assert (program.read(f"/runs/{number}/replay")["same"]) is None


def test_a_line_is_explained_to_a_planner_and_to_its_customer(program: Program) -> None:
    told = program.read("/orders/A-2/lines/1/explanation")
    assert told["sentences"][0].startswith("Order A-2 line 1: 6 of LAMP")
    assert told["facts"]["lines_ahead"] == 1
    told = program.read("/orders/A-2/lines/1/explanation", voice="customer")
    assert "A-1" not in str(told)
    assert told["facts"]["order"] == "A-2"
    program.change("/orders/A-2/lines/1/cancellations", {"quantity": 6})
    told = program.read("/orders/A-2/lines/1/explanation")
    assert (told["sentences"], told["facts"]) == ([], None)

"""What-if: simulate, look, publish, discard, roll back."""

from __future__ import annotations

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backorder.allocation import events
from backorder.allocation.models import Publication, Simulation, SimulationEnd
from backorder.orders.models import Line
from backorder.outbox.models import Entry
from backorder.supply.models import InboundLine
from tests.console.shop import open_shop
from tests.console.test_orders import read_text
from tests.supply.shop import cause

DRAFT = {"text": "handling_days = 2", "hysteresis_days": "0", "gain_days": ""}


def simulate(client: Client, **typed: str) -> str:
    """Simulate a policy; gives the address of the simulation."""
    answer = client.post("/what-if/policy", {**DRAFT, **typed})
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_a_policy_is_simulated_looked_at_and_published(planner: Client) -> None:
    open_shop()
    address = simulate(planner)
    said = read_text(planner, address)
    assert "What if: other rules. Asked by planner" in said
    assert "A-1 line 1 LAMP C-1 24 Nov 2026 6 units 26 Nov 2026 6 units" in said
    assert Publication.objects.count() == 0
    answer = planner.post(f"{address}/publish", {"why": "packing takes longer", "despite": ""})
    assert answer.headers["Location"] == "/what-if"
    assert Publication.objects.get().version.text == "handling_days = 2"
    said = read_text(planner, "/what-if")
    assert "Version 1 24 Nov 2026, 12:00 planner packing takes longer in force" in said
    assert "published by planner" in said
    assert "It was published by planner" in read_text(planner, address)


def test_faults_of_a_policy_are_listed_by_key_and_nothing_is_kept(planner: Client) -> None:
    open_shop()
    before = Entry.objects.count()
    page = planner.post("/what-if/policy", {**DRAFT, "text": "handling_dayz = 2\n[promises]\nkeep = 1"})
    text = page.content.decode()
    assert "handling_dayz" in text
    assert "keep" in text
    assert "The policy cannot be used as it is" in text
    assert (Entry.objects.count(), Simulation.objects.count()) == (before, 0)


def test_another_day_of_a_delivery_is_tried_and_made_true(planner: Client) -> None:
    inbound = open_shop()
    typed = {"expected_on": "2026-12-20", "remaining": "20"}
    address = planner.post(f"/what-if/inbound/{inbound.pk}", typed).headers["Location"]
    assert "PO-1 line 1 comes on 20 Dec 2026" in read_text(planner, address)
    inbound.refresh_from_db()
    assert inbound.expected_on.isoformat() == "2026-12-04"
    planner.post(f"{address}/publish", {"why": "the supplier will write"})
    assert InboundLine.objects.get().expected_on.isoformat() == "2026-12-20"


def test_a_simulation_that_facts_have_passed_is_published_only_anew(planner: Client) -> None:
    open_shop()
    address = simulate(planner)
    line = Line.objects.get(order__number="A-1")
    events.cancel_line(line, 6, cause())
    page = planner.post(f"{address}/publish", {"why": "try"}).content.decode()
    assert "facts have changed since it was simulated" in page
    assert "Decide from the facts of now" in page
    assert SimulationEnd.objects.count() == 0
    assert planner.post(f"{address}/publish", {"why": "try", "anew": "on"}).status_code == 302
    assert SimulationEnd.objects.get().what == "published"


def test_past_a_cap_a_reason_is_asked_for(planner: Client) -> None:
    open_shop()
    address = simulate(planner, text="handling_days = 2\n[promises]\nmax_lines_worsened = 0")
    assert "Past a cap of the policy: max lines worsened" in read_text(planner, address)
    page = planner.post(f"{address}/publish", {"why": "try", "despite": ""}).content.decode()
    assert "past a cap of the policy" in page
    assert Publication.objects.count() == 0
    assert planner.post(f"{address}/publish", {"why": "try", "despite": "season"}).status_code == 302
    assert Publication.objects.count() == 1


def test_a_simulation_is_discarded(planner: Client) -> None:
    open_shop()
    planner.post(f"{simulate(planner)}/discard")
    assert "discarded by planner" in read_text(planner, "/what-if")
    assert Publication.objects.count() == 0


def test_to_roll_back_shows_first_what_the_earlier_rules_would_change(planner: Client) -> None:
    open_shop()
    planner.post(f"{simulate(planner, hysteresis_days='2', gain_days='5')}/publish", {"why": "one"})
    planner.post(f"{simulate(planner, text='')}/publish", {"why": "two"})
    first = Publication.objects.earliest("id")
    address = f"/what-if/policy?again={first.pk}"
    assert f'href="{address}"' in planner.get("/what-if").content.decode()
    page = planner.get(address).content.decode()
    assert "<h1>Roll back to version 1</h1>" in page
    assert "handling_days = 2</textarea>" in page
    assert 'name="hysteresis_days" value="2"' in page
    assert 'name="gain_days" value="5"' in page
    answer = planner.post(address, {**DRAFT, "hysteresis_days": "2", "gain_days": "5"})
    simulation = answer.headers["Location"]
    said = read_text(planner, simulation)
    assert "What if: the rules of version 1. Asked by planner" in said
    assert "A-1 line 1 LAMP C-1 24 Nov 2026 6 units 26 Nov 2026 6 units" in said
    assert Publication.objects.count() == 2
    assert planner.post(f"{simulation}/publish", {"why": ""}).status_code == 200
    assert Publication.objects.count() == 2
    assert planner.post(f"{simulation}/publish", {"why": "as before"}).status_code == 302
    last = Publication.objects.latest("id")
    assert (last.version, last.hysteresis_days, last.gain_days) == (first.version, 2, 5)
    assert (last.entry.what, last.entry.why) == ("policy.rolled_back", "as before")
    assert "published by planner" in read_text(planner, "/what-if")


def test_what_was_never_in_force_is_not_rolled_back_to(planner: Client) -> None:
    open_shop()
    for again in ("0", "x", "9" * 30):
        assert planner.get(f"/what-if/policy?again={again}").status_code == 404


def test_who_only_reads_may_look_and_not_publish(reader: Client, planner: Client) -> None:
    open_shop()
    address = simulate(planner)
    assert "Publish" not in read_text(reader, address)
    assert reader.post(f"{address}/publish", {"why": "x"}).status_code == 403
    assert reader.get("/what-if/policy").status_code == 403


def test_pages_cost_as_many_questions_however_many_simulations_there_are(
    planner: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    open_shop()
    addresses = [simulate(planner)]
    for _ in range(2):
        with django_assert_num_queries(5):
            planner.get("/what-if")
        with django_assert_num_queries(8):
            planner.get(addresses[-1])
        addresses.append(simulate(planner, text="handling_days = 9"))

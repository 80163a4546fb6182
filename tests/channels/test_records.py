"""The database in the words of files: the short table of a plan, and explanations in three voices."""

from __future__ import annotations

import pytest

from backorder.allocation.services import plan_all
from backorder.catalog.models import Item
from backorder.channels.records import list_line, report_decision, tell_line
from tests.allocation.shop import buy, drop, line_of, order_in, standing, stock
from tests.supply.shop import TODAY, cause, item

pytestmark = pytest.mark.django_db


def fill_shop() -> None:
    stock("LAMP", 3)
    order_in("LAMP", 4, "PO-1", days=9)
    buy("A-1", ("LAMP", 3))
    buy("A-2", ("LAMP", 2))


def test_the_value_that_is_served_in_time_is_exact_however_large() -> None:
    Item.objects.filter(pk=item("LAMP").pk).update(price=10**13)
    stock("LAMP", 300)
    buy("A-1", ("LAMP", 300))
    buy("A-2", ("LAMP", 600))
    rates = report_decision(plan_all(cause())).summary["fill_rate"]
    assert (rates["unit"], rates["value"]) == (0.333333, 0.333333)


def test_a_planner_is_told_everything_about_a_line_of_the_database() -> None:
    fill_shop()
    assert tell_line(line_of("A-2"), TODAY, "planner") == [
        "Order A-2 line 1: 2 of LAMP, wanted 24 Nov 2026.",
        "AFTER_HIGHER_RANK: Waits for PO-1 line 1, ships 3 Dec 2026: lines ahead of it are served first.",
        "  covered: 2 of LAMP from PO-1 line 1, expected 3 Dec 2026, at main, ships 3 Dec 2026",
        "Rank 2 of 2 (strategy redistribute).",
        "Ahead of it for this item: 3 units in 1 line.",
        "Units that would have helped are with A-1 line 1.",
        "It is held back by AFTER_HIGHER_RANK; if it were served first, all of it would ship by 24 Nov 2026.",
        "What else would change it:",
        "  if as many more were on hand today, all of it would ship by 24 Nov 2026",
    ]


def test_a_customer_is_told_nothing_of_others() -> None:
    fill_shop()
    told = tell_line(line_of("A-2"), TODAY, "customer")
    assert told[:2] == [
        "2 of LAMP still to ship, asked for 24 Nov 2026.",
        "2 will ship on 3 Dec 2026.",
    ]
    assert told[-2:] == [
        "Among the orders for this item, yours is one of the next.",
        "The next delivery brings 4 on 3 Dec 2026.",
    ]
    known = list_line(line_of("A-2"), TODAY, "customer")
    assert known is not None
    assert (known["place"], known["next_delivery"]) == (
        "one of the next",
        {"on": "2026-12-03", "quantity": 4},
    )
    assert not any(word in " ".join(told) for word in ("A-1", "PO-1", "main"))


def test_a_program_is_told_by_names_and_of_a_closed_line_nothing() -> None:
    fill_shop()
    known = list_line(line_of("A-2"), TODAY, "machine")
    assert known is not None
    assert (known["promised_on"], known["binding"]["constraint"]) == ("2026-12-03", "AFTER_HIGHER_RANK")
    drop("A-2", 2)
    assert list_line(line_of("A-2"), TODAY, "machine") is None
    assert tell_line(line_of("A-2"), TODAY, "planner") == []


def test_explaining_reads_all_that_a_complete_order_links() -> None:
    stock("LAMP", 2)
    order_in("SHADE", 1, "PO-2", days=4)
    buy("A-1", ("LAMP", 2), ("SHADE", 1), ships="complete")
    known = list_line(line_of("A-1"), TODAY, "machine")
    assert known is not None
    assert (known["promised_on"], known["reason"]) == ("2026-11-28", standing("A-1")[3])


def test_a_decision_is_summed_up_as_a_plan_of_files_is() -> None:
    fill_shop()
    report = report_decision(plan_all(cause()))
    assert [(share.what, share.lines, share.units) for share in report.overview.shares] == [
        ("ships now", 1, 3),
        ("ships by 24 Dec 2026", 1, 2),
        ("has no supply", 0, 0),
    ]
    assert [(wait.order, wait.sku, wait.days) for wait in report.overview.waits] == [("A-2", "LAMP", 9)]
    assert (report.summary["units"]["asked"], report.signalled) == (5, ())

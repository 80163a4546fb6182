"""Who waits long is thanked once, by a rule, within its budget; who is in the other group never is; and nothing else is paid less."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from backorder.allocation import events
from backorder.care.house import read_house
from backorder.care.incentives import alone
from backorder.care.incentives.choosing import is_control
from backorder.care.incentives.giving import find_left
from backorder.care.incentives.rules import Incentive
from backorder.care.incentives.selectors import list_shadows
from backorder.care.models import Thanks
from backorder.catalog.models import Channel, CustomerClass
from backorder.catalog.services import save_channels
from backorder.orders.services import Buyer, OrderError
from backorder.outbox.models import Entry
from backorder.payments.means import Kept, note_card
from backorder.payments.models import Refund, Transfer
from backorder.payments.services import stop as stop_money
from backorder.payments.shares import find_whole_cost
from tests.allocation.shop import order_in, slip
from tests.care.paid import amounts, back, cancel, mark_paid, order, owed, pay
from tests.care.thanked import RULE, give_by_hand, given, numbers, open_house, run, wait
from tests.fulfilment.shop import order_of
from tests.supply.shop import TODAY, cause

FIRST = [True, True, True, True, False, False, True, False]
"""What was drawn of A-1 to A-8 stays drawn, in every version of this program."""
ONE, TWO, THREE = numbers(3, control=False)
NONE, NEITHER = numbers(2, control=True)


@pytest.fixture(autouse=True)
def shop(db: None) -> None:  # noqa: ARG001 - gives the database
    """Let there be a house that thanks."""
    CustomerClass.objects.create(code="trade")
    open_house()


def test_by_default_nobody_gets_anything() -> None:
    wait(ONE)
    open_house(mode='"off"')
    assert (run(), given(), Incentive("any").runs(TODAY)) == (0, [], False)
    with pytest.raises(OrderError, match="ten days gives nothing today"):
        give_by_hand(ONE)


def test_who_waits_long_gets_a_part_back_once_and_the_control_group_nothing_ever() -> None:
    wait(ONE, NONE)
    assert run() == 2
    assert given() == [(ONE, "given", "refund", 4_00), (NONE, "control", "", 0)]
    assert (run(2), run(30), Refund.objects.get().amount) == (0, 0, 4_00)
    with pytest.raises(OrderError, match="ten days is decided for it already"):
        give_by_hand(NONE)


def test_the_group_is_drawn_by_the_number_and_the_name_alone_and_is_the_same_whenever_it_is_asked() -> None:
    rule = Incentive("ten days", control_percent=40)
    drawn = [is_control(rule, f"A-{number}") for number in range(5_000)]
    assert drawn == [is_control(rule, f"A-{number}") for number in range(5_000)]
    assert abs(sum(drawn) / len(drawn) - 0.4) < 0.03
    other = [is_control(Incentive("other", control_percent=40), f"A-{number}") for number in range(5_000)]
    assert abs(sum(a == b for a, b in zip(drawn, other, strict=True)) / 5_000 - 0.52) < 0.03
    assert [is_control(rule, f"A-{number}") for number in range(1, 9)] == FIRST


def test_a_row_says_by_which_version_and_stays_as_it_is() -> None:
    wait(ONE, NONE)
    run()
    version = read_version()
    assert set(Thanks.objects.values_list("version__number", "drawn")) == {(version, True)}
    with pytest.raises(ProgrammingError), transaction.atomic():
        Thanks.objects.update(group="given")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Thanks.objects.all().delete()


def read_version() -> int:
    return Thanks.objects.earliest("id").version.number


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('{ days_late = ">=12" }', 1),
        ('{ days_late = ">12" }', 0),
        ('{ days_late = "<=12" }', 1),
        ('{ sku = ["LAMP"] }', 1),
        ('{ sku = ["SHADE"] }', 0),
        ('{ customer_class = ["trade"] }', 1),
        ('{ customer_class = ["retail"] }', 0),
        ('{ channel = ["web"], days_late = ">=1" }', 1),
        ('{ channel = ["shop"], days_late = ">=1" }', 0),
    ],
)
def test_a_rule_holds_where_all_its_conditions_do(where: str, found: int) -> None:
    save_channels(["web"], cause())
    buyer = Buyer(customer_class=CustomerClass.objects.get(), channel=Channel.objects.get())
    wait(ONE, buyer=buyer)
    open_house(where=where)
    assert run() == found


def test_who_has_no_day_any_more_is_as_late_as_the_first_day_is_past() -> None:
    inbound = order_in("LAMP", 4, "PO-1", days=2)
    order(ONE, ("LAMP", 4, 10_00))
    pay(ONE, 40_00)
    events.cancel_rest(inbound, 4, cause())
    assert order_of(ONE).lines.get().promised_on is None
    assert (run(11), run(12)) == (0, 1)


def test_a_budget_is_never_passed_of_the_month_nor_of_all() -> None:
    wait(ONE, TWO, THREE, units=25)  # 25.00 each; 60.00 a month
    assert (run(), [row[3] for row in given()]) == (2, [25_00, 25_00])
    assert find_left(read_house().incentives[0], TODAY) == {"EUR": 10_00}
    assert run(2) == 0
    assert (run(10), [row[3] for row in given()]) == (1, [25_00, 25_00, 25_00])  # in December
    assert find_left(read_house().incentives[0], TODAY + timedelta(days=10)) == {"EUR": 25_00}


def test_whom_the_budget_does_not_reach_is_in_no_group() -> None:
    wait(ONE, NONE, units=4)
    open_house(budget='{ EUR = "3.99" }')
    assert (run(), given()) == (0, [])
    with pytest.raises(OrderError, match="the budget of ten days is given away"):
        give_by_hand(ONE)
    assert Thanks.objects.count() == 0


def test_the_database_itself_holds_the_budget() -> None:
    wait(ONE, TWO)
    run()
    row = Thanks.objects.get(order__number=ONE)
    fields = {
        field.attname: getattr(row, field.attname)
        for field in Thanks._meta.concrete_fields  # noqa: SLF001 - Django's name for it
        if field.name not in ("id", "rule", "refund", "entry", "amount", "manner")
    }
    entry = Entry.objects.latest("id")
    with pytest.raises(IntegrityError, match="no more is given than the budget"), transaction.atomic():
        Thanks.objects.create(**fields, rule="other", manner="words", amount=60_01, entry=entry)
    Thanks.objects.create(**fields, rule="other", manner="words", amount=60_00, entry=entry)


def test_who_pays_at_shipment_owes_less_and_who_pays_elsewhere_is_left_out() -> None:
    inbound = order_in("LAMP", 100, "PO-1")
    for number in (ONE, TWO, THREE):
        order(number, ("LAMP", 4, 10_00))
    note_card(order_of(ONE), Kept("pm_1", "cus_1", "Visa"), cause())
    mark_paid(TWO)  # nobody noted here how
    slip(inbound, 22)
    assert (run(), given()) == (1, [(ONE, "given", "credit", 4_00)])
    assert (find_whole_cost(order_of(ONE), "EUR"), Refund.objects.count()) == (36_00, 0)


def test_words_are_given_instead_of_money_and_count_as_what_they_cost() -> None:
    inbound = order_in("LAMP", 100, "PO-1")
    order(ONE, ("LAMP", 4, 10_00))
    slip(inbound, 22)
    open_house(
        RULE.replace("percent = 10\n", 'amount = { EUR = "4.90" }\nwords = { en = "We pay the delivery." }\n')
    )
    assert (run(), given(), Refund.objects.count()) == (1, [(ONE, "given", "words", 4_90)], 0)


def test_a_rule_gives_so_many_each_day_and_none_while_it_or_all_money_is_stopped() -> None:
    wait(ONE, TWO, THREE)
    open_house(each_day="2")
    alone.stop(cause(), stopped=True)
    assert run() == 0
    alone.stop(cause(), stopped=False)
    stop_money(cause(), stopped=True)
    assert run() == 0
    stop_money(cause(), stopped=False)
    assert (run(), run(1.2), run(2)) == (2, 0, 1)


def test_in_the_shadow_it_is_noted_once_who_would_get_something_and_a_person_may_give_it() -> None:
    wait(ONE, NONE)
    open_house(mode='"shadow"')
    assert (run(), run(2), given()) == (0, 0, [])
    noted = Entry.objects.get(what="incentive.shadowed")
    assert noted.facts == {"orders": [ONE], "control": [NONE]}
    made = give_by_hand(ONE)
    assert (given(), made.drawn) == ([(ONE, "given", "refund", 4_00)], False)
    with pytest.raises(OrderError, match=f"order {NONE} is one of those that get nothing by ten days"):
        give_by_hand(NONE)
    assert len(given()) == 1
    cancel(NONE, 4, days=2)
    assert run(3) == 0
    ((_, last),) = list_shadows(["ten days"])  # nobody would get anything any more
    assert last.facts == {"orders": [], "control": []}


@pytest.mark.parametrize(
    ("number", "name", "why"),
    [
        (ONE, "nine days", "there is no rule nine days"),
        (TWO, "ten days", "ten days does not hold for it"),
    ],
)
def test_what_a_person_cannot_give_is_refused_with_its_reason(number: str, name: str, why: str) -> None:
    wait(ONE)
    wait(TWO, late=0)
    with pytest.raises(OrderError, match=why):
        give_by_hand(number, name)
    assert (given(), Refund.objects.count()) == ([], 0)


def test_who_cancels_gets_back_as_much_as_before_and_in_all_never_more_than_came_in() -> None:
    wait(ONE)
    run()
    part = cancel(ONE, 1, days=2)
    assert amounts(2) == [(ONE, 10_00)]  # as without thanks
    back(ONE, 10_00, [part], days=2)
    cancel(ONE, 3, days=3)
    assert amounts(3) == [(ONE, 26_00)]
    back(ONE, 26_00, owed(3)[0].cancellations, days=3)
    assert sum(Transfer.objects.values_list("amount", flat=True)) == 40_00


def test_thanks_are_never_taken_from_what_is_owed_for_what_was_cancelled() -> None:
    wait(ONE, units=40, price=1_00)
    open_house(percent="50")
    cancel(ONE, 30, days=0.5)
    assert run() == 1  # half of the 10.00 that still waits
    assert (given(), amounts(1)) == ([(ONE, "given", "refund", 5_00)], [(ONE, 30_00)])


def test_thanks_are_never_taken_from_what_is_owed_to_who_paid_less_than_the_prices() -> None:
    wait(ONE, paid=20_00)  # for 40.00: they had a discount
    open_house(percent="75")
    cancel(ONE, 2, days=0.5)
    assert amounts(1) == [(ONE, 10_00)]
    with pytest.raises(OrderError, match=r"of its money 15\.00 EUR are not left"):  # of the 20.00 that wait
        give_by_hand(ONE)
    assert (run(), given(), amounts(1)) == (0, [], [(ONE, 10_00)])
    back(ONE, 10_00, owed(1)[0].cancellations, days=1)
    open_house(percent="50")
    assert (run(2), given()) == (1, [(ONE, "given", "refund", 10_00)])


def test_each_change_is_told_to_the_journal() -> None:
    wait(ONE, NONE)
    run()
    told = Entry.objects.filter(what__startswith="incentive.").order_by("id")
    facts = {"rule": "ten days", "currency": "EUR"}
    assert [(each.what, each.who, each.facts) for each in told] == [
        ("incentive.given", "autopilot", facts | {"manner": "refund", "amount": 4_00}),
        ("incentive.control", "autopilot", facts | {"manner": "", "amount": 0}),
    ]
    refund = Refund.objects.get()
    assert (refund.entry.caused_by, refund.entry.why) == (told[0], "thanks for waiting: ten days")

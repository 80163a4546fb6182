"""The rules that thank are read, or refused with what is wrong; and what they do is said only where enough is known."""

from __future__ import annotations

import math
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.care.house import parse_house
from backorder.care.incentives.measuring import FEWEST, Group, Measured, find_interval, find_wilson, measure
from backorder.care.incentives.rules import Incentive
from backorder.catalog.models import CustomerClass
from backorder.engine.allocation.policy import Condition
from backorder.faults import FaultyInputError
from tests.architecture import tree
from tests.care.paid import cancel
from tests.care.thanked import give_by_hand, numbers, open_house, run, wait

PLAIN = 'name = "a"\npercent = 5\nbudget = { EUR = "9.00" }\n'
GROUPS = st.builds(
    lambda orders, part: Group(orders, orders * part // 100), st.integers(30, 10_000), st.integers(0, 100)
)


def read(text: str) -> tuple[Incentive, ...]:
    return parse_house(f"[[incentives]]\n{text}").incentives


def faults(text: str) -> list[str]:
    with pytest.raises(FaultyInputError) as caught:
        read(text)
    return str(caught.value).splitlines()


def test_a_house_thanks_nobody_unless_it_says_so() -> None:
    assert parse_house("").incentives == ()
    (rule,) = read(PLAIN)
    assert (rule.mode, rule.runs(date(2026, 11, 24)), rule.control_percent, rule.each_day) == (
        "off",
        False,
        20,
        20,
    )


def test_a_rule_is_read_as_it_is_written() -> None:
    (rule,) = read(
        'name = "late"\nmode = "on"\nfrom = 2026-12-01\nuntil = 2026-12-31\ncontrol_percent = 50\neach_day = 5\n'
        'where = { days_late = ">=10", sku = ["LAMP"] }\namount = { EUR = "5.00", JPY = "600" }\n'
        'budget = { EUR = "100.00", JPY = "9000" }\nbudget_each_month = { EUR = "40.00" }\nwords = { en = "Hello." }\n'
    )
    assert rule.where == (
        Condition("days_late", operator=">=", value="10"),
        Condition("sku", one_of=("LAMP",)),
    )
    assert (rule.amounts, rule.words) == ({"EUR": 5_00, "JPY": 600}, {"en": "Hello."})
    assert (rule.count_most("EUR"), rule.count_most("JPY"), rule.count_most("USD")) == (
        (40_00, 100_00),
        (9_000, 9_000),
        (0, 0),
    )
    days = (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [rule.runs(day) for day in days] == [False, True, True, False]
    assert (rule.say("de"), rule.say("en")) == ("Hello.", "Hello.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("percent = 5\n", "incentives[1].name: is missing"),
        (f"{PLAIN}[[incentives]]\n{PLAIN}", "incentives[2].name: 'a' is used twice"),
        (f'{PLAIN}mode = "maybe"\n', "incentives[1].mode"),
        ('name = "a"\nmode = "on"\npercent = 5\n', "incentives[1].budget: is missing"),
        ('name = "a"\nbudget = { EUR = "9.00" }\n', "incentives[1].amount: name either amount"),
        (f'{PLAIN}amount = {{ EUR = "1.00" }}\n', "incentives[1].amount: name either amount"),
        (f'{PLAIN}words = {{ en = "Hi." }}\n', "incentives[1].percent: says no price of words"),
        (f"{PLAIN}control_percent = 0\n", "incentives[1].control_percent: 0 is not a whole number"),
        (f"{PLAIN}control_percent = 100\n", "incentives[1].control_percent: 100 leaves nobody"),
        (f"{PLAIN}from = 2027-01-02\nuntil = 2027-01-01\n", "incentives[1].until: 2027-01-01 is before from"),
        (f'{PLAIN}where = {{ days_late = ["5"] }}\n', "where.days_late: is no comparison with whole days"),
        (f'{PLAIN}where = {{ days_late = ">=soon" }}\n', "where.days_late: is no comparison with whole days"),
        (
            f'{PLAIN}where = {{ days_late = ">=9999999999" }}\n',
            "where.days_late: is no comparison with whole",
        ),
        (f'{PLAIN}where = {{ sku = ">=A" }}\n', "where.sku: cannot be compared"),
        (f'{PLAIN}where = {{ colour = ["red"] }}\n', "where.colour"),
        (f'{PLAIN}budget_each_month = {{ USD = "9.00" }}\n', "incentives[1].budget: names nothing in USD"),
        (
            'name = "a"\namount = { USD = "1.00" }\nbudget = { EUR = "9.00" }\n',
            "incentives[1].budget: names nothing in USD",
        ),
        (
            'name = "a"\namount = { EUR = "1.00" }\nbudget = { EUR = "9.00" }\nwords = { en = "A voucher." }\n',
            "words.en: 'voucher' promotes something",
        ),
        (
            'name = "a"\namount = { EUR = "1.00" }\nbudget = { EUR = "9.00" }\nwords = { xx = "Hi." }\n',
            "words.xx",
        ),
        (f'{PLAIN}amounts = "5"\n', "there is no such key; did you mean 'amount'?"),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_place(text: str, said: str) -> None:
    assert any(said in fault for fault in faults(text)), faults(text)


def test_the_rules_of_the_guide_can_be_put_in_force() -> None:
    page = (tree.ROOT / "docs" / "howto" / "thank-those-who-wait.md").read_text("utf-8")
    (text,) = re.findall(r"^```toml\n(.+?)^```", page, re.DOTALL | re.MULTILINE)
    first, second = parse_house(text).incentives
    assert (first.mode, first.percent, first.count_most("EUR")) == ("shadow", 5, (200_00, 1000_00))
    assert (second.amounts, second.say("de")) == ({"EUR": 4_90}, "Den Versand dieser Bestellung zahlen wir.")


def test_shares_lie_where_wilson_and_newcombe_say() -> None:
    """The worked example of Newcombe (1998), table II, row a: 56 of 70 and 48 of 80."""
    lowest, highest = find_interval(Group(70, 56), Group(80, 48))
    assert (round(lowest, 4), round(highest, 4)) == (0.0524, 0.3339)
    assert [round(each, 4) for each in find_wilson(Group(10, 0))] == [0.0, 0.2775]


@given(GROUPS, GROUPS)
def test_a_difference_lies_in_its_interval_and_turns_with_the_groups(one: Group, other: Group) -> None:
    lowest, highest = find_interval(one, other)
    assert lowest <= one.share - other.share <= highest
    assert max(-lowest, highest) <= 1 + 1e-12
    back = find_interval(other, one)
    assert math.isclose(-highest, back[0], abs_tol=1e-12)
    assert math.isclose(-lowest, back[1], abs_tol=1e-12)


def test_with_too_few_orders_nothing_is_said() -> None:
    few, enough = Group(FEWEST - 1, 0), Group(FEWEST, 0)
    assert Measured(few, enough, 0).interval is None
    assert Measured(enough, few, 0).interval is None
    assert Measured(enough, enough, 0).interval is not None


@pytest.mark.django_db
def test_cancelled_counts_what_the_customer_cancelled_after_its_group_was_drawn() -> None:
    CustomerClass.objects.create(code="trade")
    open_house()
    given_to, control = numbers(4, control=False), numbers(2, control=True)
    wait(*given_to, *control)
    cancel(given_to[0], 1, days=0.5)  # before
    assert give_by_hand(given_to[3]).drawn is False
    assert run() == 5
    cancel(given_to[1], 4, days=2)
    cancel(given_to[3], 4, days=2)
    cancel(control[0], 1, days=2)
    cancel(control[0], 1, days=3)
    cancel(control[1], 4, days=3, by="seller")
    assert measure(["ten days", "other"]) == {
        "ten days": Measured(given=Group(3, 1), control=Group(2, 1), by_people=1),
        "other": Measured(Group(), Group(), 0),
    }

"""A house that thanks who waits long, and orders that do: paid, late, and in one group or the other."""

from __future__ import annotations

from datetime import timedelta

from backorder.care.house import write_house
from backorder.care.incentives.alone import give_alone
from backorder.care.incentives.choosing import is_control
from backorder.care.incentives.giving import give
from backorder.care.incentives.rules import Incentive
from backorder.care.models import Thanks
from backorder.orders.services import Buyer
from backorder.outbox.services import Cause
from tests.allocation.shop import order_in, slip
from tests.care.paid import HOUSE, mark_paid, order, pay
from tests.fulfilment.shop import order_of
from tests.supply.shop import NOON, cause

RULE = """
[[incentives]]
name = "ten days"
mode = "on"
where = { days_late = ">=10" }
percent = 10
budget = { EUR = "100.00" }
budget_each_month = { EUR = "60.00" }
control_percent = 40
"""


def open_house(rule: str = RULE, **changed: str) -> None:
    """Write the rules of the house with a rule that thanks, some lines of it otherwise."""
    for name, value in changed.items():
        rows = [row for row in rule.splitlines() if row.startswith(f"{name} =")]
        rule = rule.replace(rows[0], f"{name} = {value}") if rows else f"{rule}{name} = {value}\n"
    write_house(HOUSE + rule, cause())


def numbers(count: int, *, control: bool, name: str = "ten days") -> list[str]:
    """List numbers of orders that are, or are not, in the group that gets nothing."""
    rule, found, number = Incentive(name, control_percent=40), list[str](), 0
    while len(found) < count:
        number += 1
        if is_control(rule, f"A-{number}") == control:
            found.append(f"A-{number}")
    return found


def wait(
    *names: str,
    units: int = 4,
    price: int = 10_00,
    late: int = 12,
    buyer: Buyer | None = None,
    paid: int | None = None,
) -> None:
    """Let orders wait for lamps that come so many days after the day that was promised first, all of them paid.

    Who paid less than the prices had a discount.
    """
    inbound = order_in("LAMP", 1_000, f"PO-{names[0]}")
    for name in names:
        order(name, ("LAMP", units, price), buyer=buyer)
        pay(name, units * price if paid is None else paid)
        mark_paid(name)
    slip(inbound, 10 + late)


def run(days: float = 1) -> int:
    """Let rules give what they give, so many days later."""
    return give_alone(lambda: NOON + timedelta(days=days))


def give_by_hand(number: str, name: str = "ten days", days: float = 1) -> Thanks:
    return give(order_of(number), name, Cause("service", NOON + timedelta(days=days)))


def given() -> list[tuple[str, str, str, int]]:
    """List whom a rule gave what: order, group, manner, amount."""
    rows = Thanks.objects.order_by("id")
    return list(rows.values_list("order__number", "group", "manner", "amount"))

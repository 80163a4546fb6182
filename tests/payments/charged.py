"""Orders that are charged when they ship, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backorder.care.charges.alone import take_what_is_due
from backorder.fulfilment.selectors import find_differences
from backorder.outbox.services import Cause
from backorder.payments.means import Kept, note_card
from backorder.payments.models import Attempt, Charge, Means, Payment
from backorder.payments.selectors import list_paid_twice
from backorder.payments.watching import note_provided_held
from tests.allocation.shop import stock
from tests.care.paid import order
from tests.fulfilment.shop import order_of, release
from tests.fulfilment.shop import ship as ship_units
from tests.payments.fake_stripe import AT, Stripe
from tests.supply.shop import NOON

WEEK = AT + 7 * 86_400
UNTIL = datetime.fromtimestamp(WEEK, UTC)


def at(days: float = 0) -> Cause:
    """Say who does something so many days later."""
    return Cause("finance", NOON + timedelta(days=days), "because")


def wanted(number: str = "A-1", units: int = 4) -> None:
    """Let a customer order so many lamps at 5.00, which are there."""
    stock("LAMP", units)
    order(number, ("LAMP", units, 5_00))


def hold(stripe: Stripe, amount: int = 23_00, until: int | None = WEEK, cost: int | None = None) -> Means:
    """Let a card hold an amount for the order, and note it."""
    name = stripe.hold(amount, until, "A-1")
    made = note_provided_held(name, at(), order_of("A-1"), cost)
    assert made is not None
    return made


def keep(stripe: Stripe, says: str = "", name: str = "pm_1", cost: int | None = None) -> Means:
    """Let a customer leave a card of which its bank says this when it is charged, and note it."""
    stripe.cards[name] = ("cus_1", says)
    made = note_card(order_of("A-1"), Kept(name, "cus_1", "Visa ending in 4242"), at(), cost)
    assert made is not None
    return made


def ship(units: int | None = None) -> Charge | None:
    """Ship so many lamps; gives what is to be charged for them."""
    release("A-1")
    ship_units("A-1", units)
    return Charge.objects.order_by("id").last()


def take(days: float = 1) -> int:
    """Ask for what is to be charged, so many days later."""
    return take_what_is_due(lambda: NOON + timedelta(days=days))


def tries(charge: Charge | None) -> list[tuple[str, int, str]]:
    """List the attempts of a charge: how, amount, state."""
    found = Attempt.objects.filter(charge=charge).order_by("number")
    return list(found.values_list("kind", "amount", "state"))


def list_twice(most: int = 100) -> list[tuple[str, int, str]]:
    """List the orders that are paid twice: number, how much, currency."""
    return [(order.number, amount, currency) for order, amount, currency in list_paid_twice(most)]


def check(stripe: Stripe) -> None:
    """What Stripe took under our keys is what we noted, once for each key, and no more than was decided or held."""
    came = [each for each in stripe.intents.values() if each["status"] == "succeeded"]
    ours = {each["id"]: each["amount_received"] for each in came if "backorder" in each["metadata"]}
    assert ours == dict(Payment.objects.filter(attempt__isnull=False).values_list("reference", "amount"))
    keys = [each["metadata"]["backorder"] for each in came if "backorder" in each["metadata"]]
    assert len(set(keys)) == len(keys)
    for charge in Charge.objects.all():
        taken = sum(charge.attempts.filter(state="taken").values_list("amount", flat=True))
        assert taken <= charge.moved <= charge.amount
    for means in Means.objects.filter(kind="authorisation"):
        assert stripe.intents[means.reference]["amount_received"] <= (means.amount or 0)
    assert find_differences() == []

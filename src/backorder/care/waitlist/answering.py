"""What becomes of an invitation: it is ordered, given back, or over; and what nobody was told of counts for nothing."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db.models import Q, Sum

from backorder.allocation.acceptance.handing import give_units_back
from backorder.allocation.acceptance.taking import disclose_plan
from backorder.allocation.services import decide_on, hold_items
from backorder.care.choices import ChangedError
from backorder.care.house import read_house
from backorder.care.models import Invitation, Wish
from backorder.care.waitlist.holds import end_invitation, end_wish, write_about
from backorder.orders import services as orders
from backorder.orders.clearance import set_payment_state
from backorder.orders.models import Address, Order
from backorder.orders.selectors import find_items_of_order
from backorder.orders.services import ShipTo, Told
from backorder.orders.services.wanted import refuse
from backorder.outbox.services import CLOCK, Cause

__all__ = ["accept", "find_invitation", "settle_invitations"]

UNTOLD = ("refused", "failed", "withdrawn", "taken_back")
"""How a message ended of which its customer knows nothing."""


def find_invitation(wish: Wish) -> Invitation | None:
    """Find the invitation that stands for a wish; None if none does."""
    return wish.invitations.filter(outcome="").select_related("hold", "message").first()


def accept(wish: Wish, to: ShipTo | None, cause: Cause) -> Order:
    """Order what is kept for a wish, to go to an address. Raises OrderError, and ChangedError if nothing is kept any more."""
    invitation = find_invitation(wish)
    if invitation is None:
        message = f"waitlist of {wish.item.sku}: nothing is kept for customer {wish.customer.code}"
        raise ChangedError(message)
    items = partial(find_items_of_order, invitation.hold)
    return hold_items(items, partial(order_locked, invitation.pk, to, cause))


def order_locked(key: int, to: ShipTo | None, cause: Cause, locked: set[int]) -> Order:
    """Order what an invitation keeps whose item is locked. Raises Spread, and as `accept`."""
    invitation = lock_invitation(key)
    hold = invitation.hold
    if invitation.outcome or invitation.until <= cause.at:
        message = f"the hold {hold.number} is over; nothing is kept any more"
        raise ChangedError(message)
    if to is not None:
        orders.change_address(hold, to, cause)
    refuse(
        not Address.objects.filter(order=hold).exists(),
        f"order {hold.number}: nobody said where it goes; name an address",
    )
    if read_house().waitlist.paid_first:
        set_payment_state(hold, "unpaid", cause)
    event = orders.confirm(hold, cause)
    decide_on(event, locked)
    disclose_plan(hold.number, Told(invitation.message.language, shown=False), event)
    end_ordered(invitation, cause.at)
    return Order.objects.get(pk=hold.pk)


def lock_invitation(key: int) -> Invitation:
    """Lock an invitation, as it is now."""
    found = Invitation.objects.select_for_update(of=("self",))
    return found.select_related("hold", "message", "wish__item", "wish__customer").get(pk=key)


def end_ordered(invitation: Invitation, at: datetime) -> None:
    """End an invitation that was ordered, and its wish if that was all of it: for the rest one keeps one's place."""
    wish = invitation.wish
    end_invitation(invitation, "ordered", at)
    ordered = wish.invitations.filter(outcome="ordered").aggregate(units=Sum("quantity"))["units"]
    if ordered >= wish.quantity:
        end_wish(wish, "ordered", at)


def settle_invitations(now: datetime) -> int:
    """End the invitations that are over, or of which no mail told, so that the next are invited; gives how many."""
    over = Q(until__lte=now) | Q(hold__held_until=None)
    untold = Q(message__outcome__in=UNTOLD) | Q(message__notice__failure__isnull=False)
    gone = ~Q(hold__lines__quantity_open__gt=0)
    found = Invitation.objects.filter(over | untold | gone, outcome="").select_related("hold").order_by("id")
    return sum(
        hold_items(partial(find_items_of_order, each.hold), partial(settle_locked, each.pk, now))
        for each in found
    )


def settle_locked(key: int, now: datetime, locked: set[int]) -> bool:
    """End an invitation whose item is locked, if that has come; tells whether it did. Raises Spread."""
    invitation = lock_invitation(key)
    wish, hold = invitation.wish, invitation.hold
    if invitation.outcome:
        return False
    if hold.held_until is None:  # somebody ordered for the customer
        end_ordered(invitation, now)
        return True
    told = invitation.message.outcome == "sent" and not has_failed(invitation)
    stands = invitation.until > now and hold.lines.filter(quantity_open__gt=0).exists()
    if stands and (told or not invitation.message.outcome):
        return False
    outcome = "lapsed" if told else "unsent"
    taken_back = invitation.message.outcome == "taken_back"
    entry = write_about(
        wish,
        f"waitlist.{outcome}",
        Cause(CLOCK, now, caused_by=invitation.entry),
        {"units": invitation.quantity},
    )
    end_invitation(invitation, outcome, now)
    give_units_back(hold, Cause(CLOCK, now, caused_by=entry), locked)
    if told or taken_back:
        end_wish(wish, "removed" if taken_back else "lapsed", now)
    return True


def has_failed(invitation: Invitation) -> bool:
    """Tell whether the message of an invitation came back."""
    notice = getattr(invitation.message, "notice", None)
    return notice is not None and hasattr(notice, "failure")

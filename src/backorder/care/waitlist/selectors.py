"""Who waits on which list, and who is invited until when."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from backorder.allocation.selectors import Difference
from backorder.care.models import Invitation, Wish
from backorder.care.waitlist.inviting import SHADOW
from backorder.outbox.models import Entry, Subject


def read_wishes() -> QuerySet[Wish]:
    """Read wishes with what is shown of them: the units that were ordered, and the invitations, the last one first."""
    invitations = Invitation.objects.select_related("hold", "message", "entry").order_by("-id")
    ordered = Coalesce(Sum("invitations__quantity", filter=Q(invitations__outcome="ordered")), 0)
    return (
        Wish.objects.select_related("item", "customer", "customer_class", "channel", "entry")
        .prefetch_related(Prefetch("invitations", invitations))
        .annotate(ordered=ordered)
    )


def list_waiting(item: int | None = None) -> QuerySet[Wish]:
    """List who is on the list of an item, or of any, the next first."""
    found = read_wishes().filter(outcome="").order_by("item__sku", "id")
    return found if item is None else found.filter(item=item)


def find_wish(number: int) -> Wish | None:
    """Find a wish; None if there is none."""
    return read_wishes().filter(pk=number).first()


def count_waiting() -> dict[str, int]:
    """Count who is on a list, the units that they wish for, and who is invited now."""
    waiting = Wish.objects.filter(outcome="").aggregate(
        waiting=Count("pk"), units=Coalesce(Sum("quantity"), 0)
    )
    return {**waiting, "invited": Invitation.objects.filter(outcome="").count()}


def list_shadows(most: int) -> list[tuple[Entry, str]]:
    """List who would have been invited, as it was noted, and of which item, the last first."""
    subjects = Subject.objects.filter(kind="item", entry__what=SHADOW).select_related("entry")
    return [(subject.entry, subject.key) for subject in subjects.order_by("-entry")[:most]]


def compare_invitations() -> Iterator[Difference]:
    """Compare what is kept for whoever was invited with the invitations: all of it while one stands, and nothing after it.

    Of one that stands nothing may be kept any more: it ends within a minute.
    """
    kept = Coalesce(Sum("hold__lines__quantity_open"), 0)
    held = (
        Invitation.objects.filter(hold__held_until__isnull=False).select_related("hold").annotate(kept=kept)
    )
    for each in held.exclude(kept=0).order_by("pk"):
        should = 0 if each.outcome else each.quantity
        if each.kept != should:
            rule = "units are kept for as many as an invitation says, while it stands"
            yield Difference(f"hold {each.hold.number}", rule, each.kept, should)

"""What a delivery brings that was put off since an order was placed: why it is late, beside what the plan says."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef

from backorder.allocation.models import Allocation
from backorder.care.letters.pieces import Piece
from backorder.orders.models import Order
from backorder.supply.models import DateNews


def find_put_off(order: Order, pieces: Sequence[Piece]) -> tuple[str, ...]:
    """Find the items of pieces that wait for a delivery which was put off since the order was placed, each once."""
    news = DateNews.objects.filter(
        line=OuterRef("inbound_line"), entry__at__gt=order.ordered_at, to_date__gt=F("from_date")
    )
    stands_on = Allocation.objects.filter(Exists(news), line__order=order.pk)
    lines = set(stands_on.values_list("line", flat=True))
    items = [piece.line.item for piece in pieces if not piece.here and piece.line.pk in lines]
    return tuple(dict.fromkeys(item.name or item.sku for item in items))

"""A customer takes what is offered instead, or says no to it. A GET shows the page, a POST acts, and acts once."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from backorder.care.choices import ChangedError
from backorder.care.models import Offer
from backorder.care.offers import answering
from backorder.orders.models import Order
from backorder.outbox.services import Cause
from backorder.portal.views import DIGITS, READS_AND_ACTS, Choose, act, private


@require_http_methods(READS_AND_ACTS)
@private
def take_offer(request: HttpRequest, token: str) -> HttpResponse:
    """Take what is offered in the place of what waits."""
    return act(request, token, answer(request, answering.take))


@require_http_methods(READS_AND_ACTS)
@private
def decline_offer(request: HttpRequest, token: str) -> HttpResponse:
    """Say no to what is offered; the order stays as it is."""
    return act(request, token, answer(request, answering.decline))


def answer(request: HttpRequest, how: Callable[[Offer, Cause], object]) -> Choose:
    """Answer the offer that is named, if it is for the order. An offer never changes, so a yes is to what was seen."""

    def choose(order: Order, _state: str, cause: Cause) -> None:
        text = request.POST.get("offer", "")
        number = int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else 0
        offer = answering.find_offer(number)
        if offer is None or offer.line.order_id != order.pk or how(offer, cause) is None:
            message = f"order {order.number}: what was offered is over"
            raise ChangedError(message)

    return choose

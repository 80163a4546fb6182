"""What providers tell us unasked.

It is a hint to ask them, no more: nothing of it is believed, and nothing is done before they have their answer.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from backorder.outbox.jobs import defer
from backorder.payments.means import READ_HELD
from backorder.payments.models import STRIPE
from backorder.payments.reading import READ_PAYMENT
from backorder.payments.sending import hear
from backorder.payments.stripe import Event, SignatureError, read_event
from backorder.payments.taking import hear_charges

MOST_BYTES = 256 * 1024
CAME_IN, IS_HELD = "payment_intent.succeeded", "payment_intent.amount_capturable_updated"


@csrf_exempt
@require_POST
def hear_stripe(request: HttpRequest) -> HttpResponse:
    """Hear what Stripe tells: signed by a secret in force, else it is refused and nothing is noted."""
    if not settings.STRIPE_WEBHOOK_SECRETS:
        message = "Nothing is heard here: no secret of Stripe is set."
        raise Http404(message)
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return HttpResponse("that is too long for an event\n", "text/plain", 413)
    try:
        event = read_event(body, request.headers.get("Stripe-Signature", ""))
    except SignatureError as error:
        return HttpResponse(f"{error}\n", "text/plain", 400)
    follow(event)
    return HttpResponse("heard\n", "text/plain")


@transaction.atomic
def follow(event: Event) -> None:
    """Put off what an event makes us ask."""
    hear_charges(event.payment, event.session, timezone.now())
    if event.kind == IS_HELD and event.payment:
        defer(READ_HELD, once=f"{READ_HELD} {event.payment}", reference=event.payment)
    elif event.kind == CAME_IN and event.payment:
        defer(READ_PAYMENT, once=f"{READ_PAYMENT} {event.payment}", way=STRIPE, reference=event.payment)
    elif event.payment or event.refund:
        hear(STRIPE, payment=event.payment, reference=event.refund, now=timezone.now())

"""What must be settled before an order may leave: its payment, and a customer's consent to wait."""

from __future__ import annotations

from django.db import transaction

from backorder.orders.models import CONSENTS, PAYMENT_STATES, Line, Order
from backorder.orders.services.wanted import refuse
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write


@transaction.atomic
def set_payment_state(order: Order, state: str, cause: Cause) -> Entry | None:
    """Note how far an order is paid; None if that is known. Raises OrderError."""
    refuse(
        state not in PAYMENT_STATES,
        f"order {order.number}: a payment is {', '.join(PAYMENT_STATES)}, not {state}",
    )
    order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
    was = order.payment_state
    if was == state:
        return None
    order.payment_state = state
    order.save(update_fields=["payment_state"])
    return write(cause, "order.payment", [("order", order.number)], {"from": was, "to": state})


@transaction.atomic
def set_consent(line: Line, state: str, cause: Cause) -> Entry | None:
    """Note whether the customer agreed to wait longer for a line; None if that is known. Raises OrderError."""
    line = (
        Line.objects.select_for_update(of=("self",), no_key=True)
        .select_related("order", "item")
        .get(pk=line.pk)
    )
    name = f"order {line.order.number} line {line.number}"
    refuse(state not in CONSENTS, f"{name}: consent is {', '.join(CONSENTS)}, not {state}")
    was = line.consent
    if was == state:
        return None
    line.consent = state
    line.save(update_fields=["consent"])
    subjects = [("order", line.order.number), ("item", line.item.sku)]
    return write(cause, "line.consent", subjects, {"line": line.number, "from": was, "to": state})

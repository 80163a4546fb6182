"""How the invented shop writes to its customers: as soon as there is something to tell, for nobody waits for a demo."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from backorder.care.house import write_house
from backorder.care.models import Message
from backorder.care.post.alone import send_alone
from backorder.care.post.lookout import look_out
from backorder.care.post.receipts import write_receipts
from backorder.care.post.sending import send_messages
from backorder.care.waitlist.inviting import invite_waiting
from backorder.outbox.services import Cause

THANKS = "the delivery is paid"
HOUSE = """\
[seller]
place = "DE"

[delivery]
days = 2

[letters]
name = "The lamp shop"
mail = "help@lamps.example"
phone = "+1 555 010 0000"

[sending]
mode = "on"
since = {since}
wait_minutes = 0
alone = {{ opening = 20, later = 20, lost = 20, found = 20, earlier = 20 }}

[refunds]
mode = "on"
since = {since}
alone_up_to = {{ EUR = "1000.00" }}

[feedback]
ask = ["waiting", "delivered", "cancelled"]

[waitlist]
mode = "on"

[[incentives]]
name = "{thanks}"
mode = "on"
where = {{ days_late = ">=5" }}
amount = {{ EUR = "4.90" }}
budget = {{ EUR = "490.00" }}
control_percent = 40
each_day = 60
words = {{ en = "We pay the delivery of this order.", de = "Den Versand dieser Bestellung zahlen wir." }}
"""


def open_house(cause: Cause) -> None:
    """Say how the shop writes, from today on."""
    write_house(HOUSE.format(since=timezone.localdate(cause.at), thanks=THANKS), cause)


def tell_customers(at: datetime) -> list[Message]:
    """Tell customers what there is to tell; gives the messages that left."""
    look_out(lambda: at)
    write_receipts(lambda: at)
    send_alone(lambda: at)
    invite_waiting(lambda: at)
    send_messages(lambda: at)
    return list(
        Message.objects.filter(outcome="sent", ended_at=at).select_related("order__customer").order_by("id")
    )

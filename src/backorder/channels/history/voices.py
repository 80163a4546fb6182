"""What customers say on the demo's day: a mail and a wish to be called, places on a waitlist, what they think, and to offers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage

from django.db.models import Count, F
from django.utils import timezone

from backorder.allocation import events
from backorder.allocation.availability import read_availability
from backorder.allocation.services import Decision
from backorder.care.callbacks import CallWanted, note_callback
from backorder.care.choices import CUSTOMER
from backorder.care.feedback.asking import PAGE
from backorder.care.feedback.history import count_late, read_shipped
from backorder.care.feedback.noting import Opinion, note_feedback, set_themes
from backorder.care.models import Message
from backorder.care.post.mail import name_mail
from backorder.care.replies.arrivals import take_mail
from backorder.care.replies.mailbox import read_mail
from backorder.care.waitlist.wishes import Wished, join
from backorder.catalog.models import Acceptance, Channel, Item
from backorder.catalog.services import AcceptanceFacts, save_acceptances
from backorder.channels.history.instead import TAKES, offer_others
from backorder.channels.history.today import EVERY, LASTS, RUSH_ORDER, Happening, list_moves, live_through
from backorder.orders.models import Customer, Line, Order
from backorder.orders.services import Buyer, Wanted
from backorder.outbox.services import Cause
from backorder.supply.models import SELLABLE, Level

LAST_ORDER = "LAST-1"
LACKING = 2
"""So many units too few are left for the order that asks for the last ones; so many are found later."""
TALKS = LASTS + 4 * EVERY + TAKES
READ = 300
"""Of so many lines that left last those are chosen that somebody thinks about."""
ASKS = "Can two of them come before the rest? Two rooms open first."


def talk_through(at: datetime) -> Iterator[Happening]:
    """Let the day happen, and then what customers say of it, an event every other minute."""
    yield from live_through(at)
    yield answer_a_letter(at + LASTS)
    yield ask_in_vain(at + LASTS + EVERY)
    yield find_more(at + LASTS + 2 * EVERY)
    yield say_what_they_think(at + LASTS + 3 * EVERY)
    yield from offer_others(at + LASTS + 4 * EVERY)


def answer_a_letter(at: datetime) -> Happening:
    """Let the customer of the rush order ask something by mail, which no rule can answer, and ask to be called."""
    order = Order.objects.select_related("customer").get(number=RUSH_ORDER)
    assert order.customer is not None
    letter = Message.objects.filter(order=order, notice__lines__isnull=False).latest("id")
    mail = EmailMessage()
    mail["From"], mail["In-Reply-To"] = order.customer.email, name_mail(letter)
    mail["Message-ID"] = "<an-answer@example.com>"
    mail.set_content(ASKS)
    take_mail(read_mail(mail), at)
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    wanted = CallWanted(order.customer.phone, tomorrow, "morning", "which rooms come first")
    note_callback(order, wanted, Cause(CUSTOMER, at))
    told = (
        f"An answer by mail: the customer of {RUSH_ORDER} asks whether two can come before the rest, and on their page to be called "
        "tomorrow morning. Both are tasks of a person."
    )
    return Happening(at, told, [])


def ask_in_vain(at: datetime) -> Happening:
    """Let an order ask for more than lies there of what is sold from stock alone, and two customers join the list for it."""
    item, left = find_last_units(at)
    save_acceptances(
        [AcceptanceFacts(Acceptance.NONE, item.sku)], Cause("buyer", at, "a new price list comes")
    )
    first, second = Customer.objects.exclude(orders__number=RUSH_ORDER).order_by("-code")[:2]
    buyer = Buyer(
        customer=first, customer_class=first.customer_class, channel=Channel.objects.get(code="web")
    )
    wanted = [Wanted("1", item, left + LACKING, at.date())]
    answer = events.place_order(LAST_ORDER, wanted, Cause("web", at), buyer)
    join(Wished(item, first, LACKING, order_number=LAST_ORDER), Cause(CUSTOMER, at))
    join(Wished(item, second, 1), Cause(CUSTOMER, at))
    told = (
        f"An order in vain, {LAST_ORDER}: {left + LACKING} of {item.sku} ({item.name}), which is sold from stock alone now; "
        f"{left} on hand, {LACKING} refused. Its customer goes on the waitlist, and {second.name} behind."
    )
    return Happening(at, told, list_moves(answer.decision))


def find_more(at: datetime) -> Happening:
    """Let a count find units of what somebody waits for on the list: the first is invited, and so many are kept for them."""
    item = Item.objects.get(lines__order__number=LAST_ORDER)
    level = Level.objects.select_related("location").get(item=item, status=SELLABLE, on_hand__gt=0)
    place = (item, level.location, level.status)
    decision = events.count(place, level.on_hand + LACKING, Cause("warehouse", at, "behind a shelf"))
    assert isinstance(decision, Decision)
    told = f"A count: {LACKING} more of {item.sku} ({item.name}) than was known. Who is first on the waitlist is invited."
    return Happening(at, told, list_moves(decision))


def say_what_they_think(at: datetime) -> Happening:
    """Let customers say on their pages what they think: who waits, and who got all of it as promised, or later."""
    rush = Order.objects.get(number=RUSH_ORDER)
    said = note_feedback(
        rush, Opinion(at, PAGE, 2, "The day moved after we had told our guests."), Cause(CUSTOMER, at)
    )
    set_themes(said, ["date moved"], Cause("service", at))
    kept, late = find_delivered()
    note_feedback(kept, Opinion(at, PAGE, 5, "It left on the day that you named."), Cause(CUSTOMER, at))
    note_feedback(late, Opinion(at, PAGE, 3), Cause(CUSTOMER, at))
    told = (
        f"Three opinions: 2 of 5 of {RUSH_ORDER}, which waits; 5 of {kept.number}, which left on the day first promised; 3 of "
        f"{late.number}, which left later."
    )
    return Happening(at, told, [])


def find_delivered() -> tuple[Order, Order]:
    """Find the last order of one line that waited and left on the day first promised, and the last that left later."""
    single = Order.objects.annotate(lines_of=Count("lines")).filter(lines_of=1)
    waited = Line.objects.filter(
        order__in=single, quantity_shipped=F("quantity_ordered"), first_promised_on__gt=F("requested_on")
    )
    lines = list(waited.select_related("order").order_by("-id")[:READ])
    left = read_shipped(lines)
    kept = next(line for line in lines if count_late(line, left.get(line.pk)) == 0)
    late = next(line for line in lines if (count_late(line, left.get(line.pk)) or 0) > 0)
    return kept.order, late.order


def find_last_units(at: datetime) -> tuple[Item, int]:
    """Find the item that nobody waits for of which fewest units are free to sell, and how many."""
    items = list(
        Item.objects.filter(level__on_hand__gt=0)
        .exclude(lines__quantity_open__gt=0)
        .order_by("id")
        .distinct()
    )
    free = read_availability(items, timezone.localdate(at))
    left = [(there.free.on_hand, item) for item, there in zip(items, free, strict=True) if there.free.on_hand]
    units, item = min(left, key=lambda each: each[0])
    return item, units

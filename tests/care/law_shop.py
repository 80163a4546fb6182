"""A shop that sells under every law, with its worker, its customers and a clock that jumps: what can happen in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from backorder.allocation import events
from backorder.allocation.services import pass_day
from backorder.care import choices
from backorder.care.clock.alone import cancel_alone
from backorder.care.clock.cancelling import cancel_overdue, list_overdue
from backorder.care.models import RECEIPTS, Answer, Message, Wish
from backorder.care.post.alone import send_alone
from backorder.care.post.lookout import look_out
from backorder.care.post.receipts import write_receipts
from backorder.care.post.sending import send_messages
from backorder.care.refunds.alone import refund_alone
from backorder.care.replies.arrivals import look_at_reply, take_mail
from backorder.care.replies.mailbox import Came
from backorder.care.replies.selectors import list_unread
from backorder.care.telling import Said, look_at_answer, note_answer
from backorder.care.waitlist.answering import accept
from backorder.care.waitlist.inviting import invite_waiting
from backorder.care.waitlist.wishes import Wished, join
from backorder.fulfilment import services as fulfilment
from backorder.fulfilment.models import Release
from backorder.orders.models import Customer, Line, Order
from backorder.orders.services import Buyer, ShipTo, Wanted
from backorder.outbox.models import Entry
from backorder.outbox.services import CLOCK, Cause
from backorder.payments.models import BY_HAND
from backorder.payments.services import Paid, note_payment, sum_prices
from backorder.supply.models import SELLABLE, InboundLine
from backorder.supply.services import Expected
from tests.fulfilment.shop import PARCEL
from tests.simulation.operator import is_refusal
from tests.supply.shop import item, place

PLACES = (
    *(("US", "TX"), ("US", "CA"), ("US", "NY"), ("US", "HI")),
    *(("DE", ""), ("GB", ""), ("AU", ""), ("JP", "")),
)
REST = 6
"""After so many rounds of the worker nothing more is to be done at one instant."""


@dataclass
class LawShop:
    """What happens in the shop, each thing by a service of its own; what is refused changes nothing."""

    now: dt.datetime
    by_hand: bool  # what a law wants cancelled a person cancels, with a tick
    number: int = 0

    def by(self, who: str = "service") -> Cause:
        """Name who acts now."""
        return Cause(who, self.now)

    def attempt(self, act: Callable[[], object]) -> None:
        """Try to do a thing, under a number of its own."""
        self.number += 1
        try:
            with transaction.atomic():
                act()
        except Exception as error:
            if not is_refusal(error):
                raise

    def buy(self, at: tuple[str, str], units: int, *, pays: bool, has_mail: bool) -> None:
        """Somebody orders a lamp to somewhere."""
        code = f"C-{self.number}"
        buyer = Customer.objects.create(code=code, email=f"{code}@customers.example" if has_mail else "")
        to = ShipTo("A. Nother", "1 Long Lane", "Elsewhere", at[0], region=at[1])
        wanted = [Wanted("1", item("LAMP"), units, self.by().day)]
        order = f"A-{self.number}"
        events.place_order(order, wanted, self.by("shop"), Buyer(buyer, ship_to=to))
        if pays:
            self.pay(Order.objects.get(number=order))

    def pay(self, order: Order) -> None:
        """The money for an order comes in."""
        paid = Paid(BY_HAND, sum_prices(order), "EUR", self.now, f"T-{self.number}")
        note_payment(order, paid, self.by("finance"))

    def order_in(self, units: int, days: int) -> None:
        """Lamps are bought."""
        expected = Expected("1", item("LAMP"), place("main"), units, self.by().day + dt.timedelta(days=days))
        events.place_inbound(f"PO-{self.number}", [expected], self.by("planner"))

    def slip(self, which: int, days: int) -> None:
        """A delivery comes on another day."""
        coming = InboundLine.objects.filter(remaining__gt=0).order_by("pk")
        for line in list(coming)[which : which + 1]:
            events.expect(line, self.by().day + dt.timedelta(days=days), "supplier", self.by("planner"))

    def take_in(self, which: int, units: int) -> None:
        """Some lamps of a delivery come in, and go onto pick lists."""
        coming = InboundLine.objects.filter(remaining__gt=0).order_by("pk").select_related("location")
        for line in list(coming)[which : which + 1]:
            fulfilment.receive(line, min(units, line.remaining), self.by("warehouse"))

    def ship(self, which: int) -> None:
        """What is on a pick list leaves."""
        there = Release.objects.filter(quantity_open__gt=0).select_related("line__order").order_by("pk")
        for one in list(there)[which : which + 1]:
            fulfilment.ship(one.line.order, [(one, one.quantity_open)], PARCEL, self.by("warehouse"))

    def answer(self, which: int, kind: str, *, on_page: bool) -> None:
        """A customer agrees or cancels, on the page or by phone."""
        lines = Line.objects.filter(quantity_open__gt=0).select_related("order", "item").order_by("pk")
        for line in list(lines)[which : which + 1]:
            if not on_page:
                note_answer(line, Said(self.now, "phone", kind), self.by())  # type: ignore[arg-type] # one of them
            elif kind == "accepts":
                choices.wait(line.order, choices.look(line.order, self.now).state, self.by("customer"))
            else:
                choices.cancel_all(line.order, self.by("customer"), choices.PAGE)

    def write_back(self, which: int, kind: str, text: str) -> None:
        """Something comes back about a message: an answer of a customer, of a machine, or that it did not arrive."""
        sent = list(Message.objects.exclude(kind__in=RECEIPTS).filter(outcome="sent").order_by("-pk"))
        for message in sent[which : which + 1]:
            came = Came(kind, f"mail <{self.number}@customers.example>", (message.name,), message.to, text)
            take_mail(came, self.now)

    def read_replies(self) -> None:
        """A person reads what customers wrote, and deals with answers that came too late."""
        for event in list_unread():
            look_at_reply(event, self.by())
        for answer in Answer.objects.filter(look=None):
            look_at_answer(answer, self.by())

    def wish(self, units: int) -> None:
        """Somebody wants to hear when a shade is free, and some come back."""
        code = f"W-{self.number}"
        customer = Customer.objects.create(code=code, email=f"{code}@customers.example")
        join(Wished(item("SHADE"), customer, units), self.by())
        events.adjust((item("SHADE"), place("main"), SELLABLE), 2, "return", self.by("warehouse"))

    def take_up(self, which: int, at: tuple[str, str], *, pays: bool) -> None:
        """Whoever was invited orders what is kept."""
        invited = Wish.objects.filter(invitations__outcome="").order_by("pk")
        for wish in list(invited)[which : which + 1]:
            to = ShipTo("A. Nother", "1 Long Lane", "Elsewhere", at[0], region=at[1])
            order = accept(wish, to, self.by("customer"))
            if pays:
                self.pay(order)

    def work(self) -> None:
        """Let the worker do all that the clock asks for, once."""
        pass_day(self.by(CLOCK))
        events.expire_holds(self.by(CLOCK))
        look_out(lambda: self.now)
        cancel_alone(lambda: self.now)
        write_receipts(lambda: self.now)
        send_alone(lambda: self.now)
        invite_waiting(lambda: self.now)
        send_messages(lambda: self.now)
        refund_alone(lambda: self.now)
        if self.by_hand:
            for each in list_overdue():
                if each.at_hand:
                    self.attempt(lambda each=each: cancel_overdue(each.order, each.mark, self.by()))  # type: ignore[misc]

    def settle(self) -> None:
        """Let the worker run until there is nothing more to do at this instant, which must come soon."""
        for _ in range(REST):
            before = find_last()
            self.work()
            if find_last() == before:
                return
        message = "the worker finds something to do at one instant again and again"
        raise AssertionError(message)


def find_last() -> int:
    """Find the last entry of the journal."""
    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

"""A shop in which something stands on every page, in as many rows as are asked for."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import User
from django.test import override_settings

from backorder.allocation import events
from backorder.allocation.acceptance.taking import Hold
from backorder.allocation.models import Publication
from backorder.allocation.policies.publications import Draft
from backorder.allocation.what_if.publishing import publish_policy
from backorder.allocation.what_if.simulations import simulate
from backorder.care.callbacks import CallWanted, note_callback
from backorder.care.calls import note_missed_call
from backorder.care.feedback.noting import Opinion, note_feedback, set_themes
from backorder.care.house import read_house, write_house
from backorder.care.incentives.alone import give_alone
from backorder.care.models import Callback, Deadline, Feedback, Message, Offer
from backorder.care.models import Draft as ToTell
from backorder.care.offers.answering import decline
from backorder.care.offers.finding import list_choices
from backorder.care.offers.making import Wish, make_offer, read_line
from backorder.care.offers.outside import Outside, note_outside
from backorder.care.post.lookout import look_out
from backorder.care.post.messages import end_sent, let_go
from backorder.care.post.sending import put_aside
from backorder.care.replies.arrivals import Arrived, note_arrival
from backorder.care.waitlist.inviting import invite_waiting
from backorder.care.waitlist.wishes import Wished, join
from backorder.catalog.models import Component
from backorder.catalog.services import (
    AcceptanceFacts,
    SubstituteFacts,
    save_acceptances,
    save_channels,
    save_substitutes,
)
from backorder.console.services import save_view
from backorder.console.uploads import keep_files
from backorder.fulfilment import services as floor
from backorder.fulfilment.models import PickList, Release
from backorder.orders.clearance import set_consent, set_payment_state
from backorder.orders.models import Customer, Line, Order
from backorder.orders.services import ShipTo, Wanted
from backorder.payments.charging import charge_now
from backorder.payments.means import Kept, note_card, note_held
from backorder.payments.models import Attempt, Charge, Transfer
from backorder.payments.noting import Rules, note_outcome
from backorder.payments.providers import Held, Outcome
from backorder.payments.services import Back, Paid, let_back, note_payment
from backorder.payments.transfers import note_returned, note_sent
from backorder.payments.watching import watch_held
from backorder.supply.services import Expected
from tests.allocation.shop import order_in, slip, stock
from tests.console.shop import buy_as, name_item, open_shop
from tests.supply.shop import NOON, TODAY, cause, item, place

HOUSE = """
[seller]
place = "US"

[letters]
mail = "help@shop.example"

[sending]
mode = "on"

[refunds]
mode = "on"
since = 2026-11-01
alone_up_to = { EUR = "10.00" }

[waitlist]
mode = "on"

[feedback]
ask = ["waiting", "delivered", "cancelled"]

[[incentives]]
name = "patience"
mode = "on"
amount = { EUR = "4.90" }
budget = { EUR = "9000.00" }
each_day = 1000
words = { en = "We pay the delivery." }

[[incentives]]
name = "shadow"
mode = "shadow"
amount = { EUR = "4.90" }
budget = { EUR = "9000.00" }
words = { en = "We pay the delivery." }
"""
Shop = dict[str, int]
"""The numbers that addresses need, by name."""
HOLD = Hold(NOON + dt.timedelta(days=1))
PARCEL = floor.Parcel("Blue Van", "BV-1", "https://track.example/BV-1")


def open_whole_shop(user: User, size: int = 1) -> Shop:
    """Open the small shop and let everything happen in it, so many times."""
    inbound = open_shop()
    fill_shelves(size)
    add_orders(size)
    for turn in range(size):
        slip(inbound, 11 + turn)
        floor.block(Order.objects.get(number="A-2"), f"address {turn} is unclear", cause())
        send_one(f"S-{turn}")
    message = tell_some(size)
    put_on_lists(size)
    pick_list = release_some(size)
    publication = try_rules(size)
    set_rules(size)
    simulated = simulate(Draft("handling_days = 2"), cause()).pk
    for turn in range(size):
        save_view(user, f"View {turn}", "late=yes")
    rows = "".join(f"SHADE,far-{turn},500\n" for turn in range(size))
    give_alone(lambda: NOON)
    upload = keep_files(user, {"stock.csv": f"sku,location,on_hand\n{rows}".encode()}, [], NOON)
    return {
        "inbound": inbound.pk,
        "line": Line.objects.get(order__number="A-2", number="1").pk,
        "pick_list": pick_list.pk,
        "release": Release.objects.filter(pick_list=pick_list, line__item__sku="SET").earliest("pk").pk,
        "simulation": simulated,
        "publication": publication.pk,
        "upload": upload.pk,
        "message": message.pk,
        "callback": want_calls(size).pk,
        "feedback": hear_some(size).pk,
        **pay_back(size),
        **charge_some(size),
        "offer": offer_some(size).pk,
    }


def offer_some(size: int) -> Offer:
    """Offer customers something else, some of whom do not want it, and note what others sell."""
    for turn in range(size):
        scarce, other = name_item(f"SCARCE-{turn}", "Scarce", 900), name_item(f"OTHER-{turn}", "Other", 800)
        save_substitutes([SubstituteFacts(scarce.sku, other.sku, "equivalent")], cause())
        stock(other.sku, 2)
        wanted = [Wanted(f"{row}", scarce, 1, TODAY) for row in range(2)]
        events.record_order(f"I-{turn}", wanted, cause())
        for row in range(2):
            line = Line.objects.get(order__number=f"I-{turn}", number=f"{row}")
            (choice,) = list_choices(read_line(line), read_house(), TODAY)
            found = make_offer(line, Wish(choice.name, writes=False), cause())
            if row == 0:
                decline(found, cause())
        for sku in ("LAMP", "TENT", scarce.sku):
            url = f"https://others.example/{turn}"
            note_outside(Outside(item(sku), "second_hand", url, f"A used one, {turn}", TODAY, 5_00), cause())
    return found


def want_calls(size: int) -> Callback:
    """Let customers want to be called, and not answer."""
    found = [
        note_callback(order, CallWanted("+49 731 5550100", text="the parcel"), cause())
        for order in Order.objects.filter(held_until=None).order_by("pk")[:size]
    ]
    for each in found:
        note_missed_call(each.order, cause())
    return found[0]


def tell_some(size: int) -> Message:
    """Let the house send, and something be let go, sent and refused."""
    write_house(HOUSE, cause())
    for customer in Customer.objects.all():
        Customer.objects.filter(pk=customer.pk).update(email=f"{customer.code}@customers.example")
    look_out(lambda: NOON)
    with override_settings(MAIL="smtp://127.0.0.1"):
        drafts = list(ToTell.objects.exclude(to="").select_related("order").order_by("pk")[: 2 * size])
        found = [let_go(draft.order, draft.news, cause()) for draft in drafts]
    for turn, message in enumerate(found[:-1]):
        name = f"<{turn}@customers.example>"
        if turn % 2:
            message.left_at = NOON
            end_sent([message])
        else:
            put_aside(message, "550 no such mailbox", NOON, "refused")
        for kind in ("reply", "delivered", "automatic"):
            note_arrival(message, Arrived(kind, f"{kind} {name}", message.to, "Where is it?"), NOON)
    Deadline.objects.all().delete()
    for turn, line in enumerate(Line.objects.filter(quantity_open__gt=0).order_by("pk")[: 2 * size]):
        kind = "cancel" if turn % 2 else "tell"
        Deadline.objects.create(
            line=line, kind=kind, by=TODAY, should_by=TODAY, quantity=1, citations=["16 CFR 435"]
        )
    return found[-1]


def hear_some(size: int) -> Feedback:
    """Let customers say what they think, and somebody read it."""
    for turn in range(size):
        for number in ("A-2", f"B-{turn}", f"S-{turn}"):
            said = Opinion(NOON, "phone", 1 + turn % 5, "It took long, and nobody said why.")
            found = note_feedback(Order.objects.get(number=number), said, cause())
            set_themes(found, ["slow", f"theme {turn}"], cause())
    return found


def put_on_lists(size: int) -> None:
    """Put customers on the list of what nobody has, and of what is there, so that some are invited."""
    for turn in range(size):
        customer = Customer.objects.create(
            code=f"W-{turn}", name="Ada Waits", email=f"w-{turn}@customers.example"
        )
        stock(name_item(f"WISHED-{turn}", "Wished for", 900).sku, 1)
        for sku in ("TENT", f"WISHED-{turn}"):
            join(Wished(item(sku), customer, 1), cause())
    with override_settings(MAIL="smtp://127.0.0.1", URL="https://shop.example"):
        assert invite_waiting(lambda: NOON) == size


def pay_back(size: int) -> Shop:
    """Let money come in and go back: owed, to be paid by hand, on its way, sent, and returned by a bank."""
    events.place_order("M-0", [Wanted("1", item("BULB"), 10 * size, TODAY, unit_price=2_00)], cause())
    order, line = Order.objects.get(number="M-0"), Line.objects.get(order__number="M-0")
    for turn in range(size):
        note_payment(order, Paid("by_hand", 9_00, "EUR", NOON, f"T-{turn}", "bank transfer"), cause())
        note_payment(order, Paid("stripe", 9_00, "EUR", NOON, f"pi_{turn}", "Visa ending in 4242"), cause())
        buy_as("C-1", f"O-{turn}", "BULB", 2)
        set_payment_state(Order.objects.get(number=f"O-{turn}"), "paid", cause())
        events.cancel_line(Line.objects.get(order__number=f"O-{turn}"), 1, cause())
    for _ in range(8 * size):
        events.cancel_line(line, 1, cause())
        back = Back(2_00, "EUR", [line.cancellations.latest("id")], TODAY)
        let_back(order, back, cause())
    events.cancel_line(line, 1, cause())
    by_hand = list(Transfer.objects.filter(way="by_hand").order_by("id"))
    for transfer in by_hand[: size // 2 + 1]:
        note_returned(transfer, "no such account", cause())
    for transfer in by_hand[size // 2 + 1 : -1]:
        note_sent(transfer, NOON, cause())
    return {"transfer": by_hand[-1].pk, "refund": by_hand[0].refund_id}


def charge_some(size: int) -> Shop:
    """Let orders be charged: taken, not taken, by a link, and not asked for yet; and let what cards hold end."""
    events.place_order("Z-0", [Wanted("1", item("BULB"), 10 * size, TODAY, unit_price=2_00)], cause())
    order = Order.objects.get(number="Z-0")
    until = NOON + dt.timedelta(hours=20)
    for turn in range(size):
        note_card(order, Kept(f"pm_{turn}", "cus_0", "Visa ending in 4242"), cause())
    for turn in range(size):
        taken, failed, asked, waiting = (charge_now(order, 1_00, "EUR", cause("asked for")) for _ in range(4))
        paid = Paid("stripe", 1_00, "EUR", NOON, f"pi_taken_{turn}", "Visa ending in 4242")
        say(taken, Outcome("taken", paid.reference, paid))
        say(failed, Outcome("failed", said="the card was declined"))
        say(asked, Outcome("failed", said="the bank wants to ask the customer", needs_customer=True))
        Attempt.objects.filter(charge=asked, kind="link").update(
            state="pending", link="https://pay.example/1"
        )
        buy_as("C-1", f"ZZ-{turn}", "BULB", 2)
        ends = Held(f"pi_held_{turn}", 4_00, "EUR", until, "Visa ending in 4242")
        note_held(Order.objects.get(number=f"ZZ-{turn}"), ends, cause())
    note_held(order, Held("pi_held", 1_00, "EUR", until), cause())
    watch_held(lambda: NOON, Rules())
    return {
        "charge": failed.pk,
        "means": order.means.get(kind="card", state="open").pk,
        "attempt": waiting.attempts.get().pk,
    }


def say(charge: Charge, outcome: Outcome) -> None:
    """Let a provider say something of the first attempt to take a charge."""
    note_outcome(charge.attempts.earliest("number"), outcome, NOON, Rules())


def fill_shelves(size: int) -> None:
    """Put kits, damaged units and other places into the stock, and more on the way."""
    name_item("SET", "Shade with two bulbs", 3_000)
    name_item("BULB", "Bulb", 200)
    Component.objects.create(kit=item("SET"), item=item("SHADE"), quantity=1)
    Component.objects.create(kit=item("SET"), item=item("BULB"), quantity=2)
    stock("BULB", 40 * size)
    stock("SHADE", 40 * size)
    for turn in range(size):
        stock("LAMP", 4, f"far-{turn}")
        events.change_status((item("LAMP"), place(f"far-{turn}"), "sellable"), "damaged", 1, cause())
        order_in("LAMP", 5, f"PO-2{turn}", days=20)
        order_in("TENT", 1, f"PO-3{turn}", days=3)
        expected = Expected("1", item("LAMP"), place("main"), 2, TODAY - dt.timedelta(days=3))
        events.place_inbound(f"PO-4{turn}", [expected], cause())


def add_orders(size: int) -> None:
    """Add lines to an order, orders and holds to the queue, an address, and what must be settled before it leaves."""
    order = Order.objects.get(number="A-2")
    for turn in range(size):
        events.add_line(order, Wanted(f"1{turn}", item("TENT"), 1, TODAY), cause())
        events.add_line(order, Wanted(f"2{turn}", item("LAMP"), 2, TODAY), cause())
        buy_as("C-3", f"B-{turn}", "LAMP", 3, on=turn)
        buy_as("C-2", f"K-{turn}", "SET", 1)
        events.hold(f"H-{turn}", [Wanted("1", item("BULB"), 1, TODAY)], HOLD, cause())
    set_payment_state(order, "unpaid", cause())
    set_consent(order.lines.get(number="1"), "waiting", cause())
    to = ShipTo("North Lane Camping", "North Lane 4", "Haven", "IE", "D02 X285")
    events.change_address(order, to, cause())


def send_one(number: str) -> None:
    """Order something that is there, and send it."""
    stock("BULB", 2)
    line = buy_as("C-1", number, "BULB", 2)
    floor.release_order(line.order, cause())
    release = Release.objects.get(line=line)
    floor.pick(release, 2, cause())
    floor.ship(line.order, [(release, 2)], PARCEL, cause())


def release_some(size: int) -> PickList:
    """Hand over what lies at the place of the kits, on one pick list."""
    stock("LAMP", 4 * size)
    ready = floor.release_ready(place("main"), cause())
    assert ready.pick_list is not None
    return ready.pick_list


def set_rules(size: int) -> None:
    """Say what is sold of lamps when nothing is there, channel by channel, and of everything else."""
    for turn in range(size):
        save_channels([f"door-{turn}"], cause())
        save_acceptances([AcceptanceFacts("capped", "LAMP", f"door-{turn}", cap=30)], cause())
    save_acceptances([AcceptanceFacts("inbound_only", horizon_days=14, longest_wait_days=20)], cause())


def try_rules(size: int) -> Publication:
    """Put rules in force, and try others that are put aside."""
    for turn in range(size):
        simulate(Draft(f"handling_days = {turn + 3}"), cause())
        publish_policy(Draft(f"handling_days = {turn % 2}"), cause("try"))
    return Publication.objects.earliest("pk")

"""The past as rows, all at once: what happened is written with the day on which it happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Model

from backorder.allocation.models import Backorder, Promise
from backorder.catalog.models import (
    Channel,
    ClosedDay,
    Component,
    CustomerClass,
    Item,
    Location,
    Substitute,
    Supplier,
)
from backorder.channels.history.catalogue import KITS, LOCATIONS, PRINTED, SOURCES, SUBSTITUTES, Good
from backorder.channels.history.days import Ask, Counted, Past, Purchase, Sale
from backorder.channels.history.people import CHANNELS, CLASSES, Person
from backorder.fulfilment.models import SHIPPED, PickList, Release, ReleaseEnd, ReleasePart, Shipment
from backorder.orders.models import Cancellation, Customer, Line, Order
from backorder.outbox.models import Entry, Subject
from backorder.rows import insert_rows
from backorder.supply.models import DateNews, InboundLine, InboundOrder, Level, Movement, StockCount

MORNING, NOON, EVENING, CLOSING = time(7, 30), time(12), time(16, 45), time(17, 30)
CARRIER = "Post"
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


class Ledger:
    """Rows of one kind after another, with the entries that they follow from."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.entries: list[Entry] = []
        self.subjects: list[Subject] = []
        self.rows: dict[type[Model], list[Model]] = {}

    def note(
        self, on: tuple[date, time], who: str, what: str, about: Iterable[tuple[str, str]], **facts: object
    ) -> Entry:
        """Note what happened."""
        entry = Entry(at=datetime.combine(*on, UTC), who=who, what=what, facts=facts)
        self.entries.append(entry)
        self.subjects += [Subject(entry=entry, kind=kind, key=key) for kind, key in dict.fromkeys(about)]
        return entry

    def add(self, *rows: Model) -> None:
        """Keep rows for later."""
        for row in rows:
            self.rows.setdefault(type(row), []).append(row)

    def write(self, kinds: Sequence[type[Model]]) -> None:
        """Write the entries and movements, oldest first, and the rows of these kinds, kind by kind."""
        self.entries.sort(key=lambda entry: entry.at)
        insert_rows(self.entries)
        insert_rows(self.subjects)
        for kind in kinds:
            rows = self.rows.get(kind, [])
            rows.sort(key=lambda row: row.entry.at if isinstance(row, Movement) else LONG_AGO)
            insert_rows(rows)


@transaction.atomic
def write_past(past: Past, goods: Sequence[Good], people: Sequence[Person]) -> None:
    """Write all of it into an empty database."""
    catalogue = Catalogue(past, goods)
    ledger = Ledger()
    customers = write_people(people)
    for purchase in past.purchases:
        add_purchase(ledger, catalogue, purchase, past.today)
    counted = [("item", good.sku) for good in goods]
    opening = ledger.note((past.first_day, MORNING), "count", "stock.count", counted)
    for good in goods:
        units = past.opening[good.sku]
        ledger.add(
            Movement(
                item=catalogue.items[good.sku],
                location=catalogue.home,
                kind="count",
                quantity=units,
                entry=opening,
            )
        )
    channels = Channel.objects.in_bulk(field_name="code")
    for sale in past.sales:
        customer = customers[sale.customer]
        order = Order(
            number=sale.number,
            customer=customer,
            customer_class=customer.customer_class,
            channel=channels[CHANNELS[sale.channel]],
            ordered_at=datetime.combine(sale.on, NOON, UTC),
            ordered_on=sale.on,
        )
        add_sale(ledger, catalogue, order, sale)
    counts = [(counted, add_count(ledger, catalogue, counted)) for counted in past.counts]
    ledger.write(
        (InboundOrder, InboundLine, DateNews, Order, Line, Cancellation, Movement, Promise, Backorder)
    )
    catalogue.find_levels()
    insert_rows(
        [
            StockCount(
                level=catalogue.levels[counted.good.sku],
                was=counted.was,
                found=counted.found,
                counted_at=entry.at,
                entry=entry,
            )
            for counted, entry in counts
        ]
    )
    write_shipments(catalogue, past.sales, ledger)


class Catalogue:
    """Items, places and suppliers by their codes."""

    def __init__(self, past: Past, goods: Sequence[Good]) -> None:
        """Write them."""
        Supplier.objects.bulk_create(Supplier(code=source.code, name=source.name) for source in SOURCES)
        CustomerClass.objects.bulk_create(CustomerClass(code=code) for code in CLASSES)
        Channel.objects.bulk_create(Channel(code=code) for code in CHANNELS)
        for code, name, parent, rank in LOCATIONS:
            above = Location.objects.filter(code=parent).first()
            Location.objects.create(code=code, name=name, parent=above, rank=rank)
        Item.objects.bulk_create(
            [Item(sku=good.sku, name=good.name, price=good.price, pack_size=good.pack_size) for good in goods]
            + [Item(sku=sku, name=name, price=price) for sku, name, price, _ in KITS]
        )
        self.items = Item.objects.in_bulk(field_name="sku")
        self.suppliers = Supplier.objects.in_bulk(field_name="code")
        self.home = Location.objects.get(code=LOCATIONS[0][0])
        self.levels: dict[str, Level] = {}
        Component.objects.bulk_create(
            Component(kit=self.items[kit], item=self.items[sku], quantity=units)
            for kit, _, _, components in KITS
            for sku, units in components
        )
        Substitute.objects.bulk_create(
            Substitute(item=self.items[sku], substitute=self.items[other], kind=kind)
            for sku, other, kind in SUBSTITUTES
        )
        days = (past.first_day + timedelta(days=number) for number in range(300))
        ClosedDay.objects.bulk_create(
            ClosedDay(closed_on=day)
            for day in days
            if day >= past.today and day.isoweekday() == 7  # noqa: PLR2004 - Sunday
        )

    def find_levels(self) -> None:
        """Read the levels that the movements made."""
        levels = Level.objects.filter(location=self.home, status="sellable").select_related("item")
        self.levels = {level.item.sku: level for level in levels}


def write_people(people: Sequence[Person]) -> list[Customer]:
    """Write the customers."""
    classes = CustomerClass.objects.in_bulk(field_name="code")
    return Customer.objects.bulk_create(
        Customer(
            code=person.code,
            name=person.name,
            email=person.email,
            phone=person.phone,
            customer_class=classes[person.customer_class],
        )
        for person in people
    )


def add_purchase(ledger: Ledger, catalogue: Catalogue, purchase: Purchase, today: date) -> None:
    """Add units on order: what was quoted, what was said later, what came."""
    sku, source = purchase.good.sku, purchase.good.source
    about = [("inbound", purchase.number), ("item", sku)]
    printed = sku.partition("-")[0] in PRINTED
    order = InboundOrder(
        number=purchase.number,
        kind="print" if printed else "purchase",
        supplier=catalogue.suppliers[source.code],
        placed_on=purchase.on,
    )
    line = InboundLine(
        order=order,
        number="1",
        item=catalogue.items[sku],
        location=catalogue.home,
        quantity_ordered=purchase.quantity,
        expected_on=purchase.expected_on,
    )
    ledger.add(order, line)
    ledger.note(
        (purchase.on, EVENING), "buyer", "inbound.placed", about, kind=order.kind, units=purchase.quantity
    )
    for said, was, now in purchase.news:
        told = {"line": "1", "from": was.isoformat(), "to": now.isoformat(), "source": source.name}
        entry = ledger.note((said, MORNING), "buyer", "inbound.expected", about, **told)
        ledger.add(DateNews(line=line, entry=entry, from_date=was, to_date=now, source=source.name))
    received = 0
    for arrives, units in purchase.arrivals:
        if arrives >= today:
            continue
        received += units
        told_units = {"line": "1", "quantity": units, "received": received, "of": purchase.quantity}
        entry = ledger.note((arrives, MORNING), "warehouse", "inbound.received", about, **told_units)
        ledger.add(
            Movement(
                item=catalogue.items[sku],
                location=catalogue.home,
                kind="receipt",
                quantity=units,
                inbound_line=line,
                entry=entry,
            )
        )


def add_count(ledger: Ledger, catalogue: Catalogue, counted: Counted) -> Entry:
    """Add a count: what it found, and the movement if that is not what the record said."""
    about = [("item", counted.good.sku), ("location", catalogue.home.code)]
    facts = {"status": "sellable", "was": counted.was, "is": counted.found}
    entry = ledger.note((counted.on, CLOSING), "warehouse", "stock.count", about, **facts)
    if counted.found != counted.was:
        ledger.add(
            Movement(
                item=catalogue.items[counted.good.sku],
                location=catalogue.home,
                kind="count",
                quantity=counted.found - counted.was,
                entry=entry,
            )
        )
    return entry


def add_sale(ledger: Ledger, catalogue: Catalogue, order: Order, sale: Sale) -> None:
    """Add an order: its lines, what each was promised, and since when it waits or waited."""
    about = [("order", sale.number), *(("item", ask.good.sku) for ask in sale.asks)]
    placed = ledger.note(
        (sale.on, NOON),
        CHANNELS[sale.channel],
        "order.placed",
        about,
        units=sum(ask.quantity for ask in sale.asks),
    )
    ledger.add(order)
    for number, ask in enumerate(sale.asks, 1):
        line = Line(
            order=order,
            number=str(number),
            item=catalogue.items[ask.good.sku],
            quantity_ordered=ask.quantity,
            unit_price=ask.good.price,
            requested_on=sale.on,
        )
        ledger.add(line)
        add_story(ledger, line, ask, placed)


def add_story(ledger: Ledger, line: Line, ask: Ask, placed: Entry) -> None:
    """Add the promises of a line, its cancellation, and the record that it waited."""
    about = [("order", line.order.number), ("item", ask.good.sku)]
    for on, day in ask.promises:
        told = placed
        if on != placed.at.date():
            told = ledger.note((on, NOON), "backorder", "plan.decided", [("item", ask.good.sku)])
        reason = "ON_HAND" if day == placed.at.date() else "INBOUND" if day else "NO_SUPPLY"
        ledger.add(Promise(line=line, promised_on=day, reason=reason, entry=told))
    if ask.cancelled:
        on, units = ask.cancelled
        end = ledger.note((on, EVENING), "service", "line.cancelled", about, line=line.number, quantity=units)
        ledger.add(Cancellation(line=line, quantity=units, by="buyer", entry=end))
        ledger.add(Backorder(line=line, opened_by=placed, closed_by=end))
    elif ask.owed:
        ledger.add(Backorder(line=line, opened_by=placed))
    elif ask.ships[-1][0] != placed.at.date():
        end = ledger.note((ask.ships[-1][0], NOON), "backorder", "plan.decided", [("item", ask.good.sku)])
        ledger.add(Backorder(line=line, opened_by=placed, closed_by=end))


def write_shipments(catalogue: Catalogue, sales: Sequence[Sale], written: Ledger) -> None:
    """Write what left, day by day and order by order."""
    lines = {(row.order.number, row.number): row for row in written.rows[Line] if isinstance(row, Line)}
    sent = sorted(
        (on, sale.number, str(number), units, ask.good.sku)
        for sale in sales
        for number, ask in enumerate(sale.asks, 1)
        for on, units in ask.ships
    )
    ledger = Ledger()
    for on, leaves in groupby(sent, key=lambda row: row[0]):
        opened = ledger.note((on, NOON), "backorder", "units.released", [("location", catalogue.home.code)])
        pick_list = PickList(location=catalogue.home, entry=opened)
        ledger.add(pick_list)
        for position, (number, parts) in enumerate(groupby(leaves, key=lambda row: row[1]), 1):
            rows = list(parts)
            about = [("order", number), *(("item", row[4]) for row in rows)]
            entry = ledger.note(
                *((on, EVENING), "warehouse", "order.shipped", about),
                carrier=CARRIER,
                lines=[
                    {"order": number, "line": line, "location": catalogue.home.code, "quantity": units}
                    for _, _, line, units, _ in rows
                ],
            )
            order = lines[number, rows[0][2]].order
            shipment = Shipment(order=order, carrier=CARRIER, shipped_at=entry.at, entry=entry)
            ledger.add(shipment)
            for _, _, line, units, sku in rows:
                release = Release(
                    pick_list=pick_list,
                    line=lines[number, line],
                    location=catalogue.home,
                    quantity=units,
                    position=position,
                    entry=opened,
                )
                ledger.add(
                    release,
                    ReleasePart(release=release, level=catalogue.levels[sku], per_unit=1),
                    ReleaseEnd(release=release, quantity=units, how=SHIPPED, shipment=shipment, entry=entry),
                    Movement(
                        item=catalogue.items[sku],
                        location=catalogue.home,
                        kind="shipment",
                        quantity=-units,
                        entry=entry,
                    ),
                )
    ledger.write((PickList, Release, ReleasePart, Shipment, ReleaseEnd, Movement))

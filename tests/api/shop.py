"""A small shop with some of everything that programs ask about."""

from __future__ import annotations

from backorder.allocation import events
from backorder.allocation.models import Publication, Run
from backorder.allocation.policies.publications import Draft
from backorder.allocation.what_if.publishing import publish_policy
from backorder.allocation.what_if.simulations import simulate
from backorder.catalog.models import Channel, CustomerClass, Supplier
from backorder.catalog.services import ComponentFacts, save_components
from backorder.fulfilment import services as fulfilment
from backorder.fulfilment.models import Block, PickList, Release, Shipment
from backorder.orders.models import Customer
from backorder.orders.services import ShipTo
from backorder.supply.models import SELLABLE
from backorder.supply.services import adjust
from tests.allocation.shop import buy, order_in, stock
from tests.api.care import (
    charge,
    let_letter_go,
    let_reply_come,
    note_opinion,
    offer_instead,
    open_house,
    pay_back,
    put_on_list,
    tell,
    want_call,
)
from tests.fulfilment.shop import order_of, release, ship
from tests.supply.shop import cause, item, place

ADDRESS = ShipTo("Zed", "1 Long Lane", "Ulm", "DE")


def open_shop() -> dict[str, str | int]:
    """Put some of everything into a shop; gives what addresses name, by the names of their parts."""
    adjust((item(), place(), SELLABLE), 4, "return", cause())
    for sku in ("SHADE", "SET"):
        item(sku)
    save_components([ComponentFacts("SET", "SHADE", 2)], cause())
    order_in("LAMP", 10, "A-1")
    buy("A-1", ("LAMP", 6))
    buy("A-2", ("LAMP", 6), ships="complete")
    stock("LAMP", 3)
    buy("A-3", ("LAMP", 3))
    release("A-1")
    events.change_address(order_of("A-1"), ADDRESS, cause())
    fulfilment.block(order_of("A-2"), "address", cause())
    publish_policy(Draft(""), cause())
    publish_policy(Draft("# 2"), cause())
    simulation = simulate(None, cause())
    ship("A-1", 1)
    Supplier.objects.create(code="main")
    Channel.objects.create(code="main")
    Customer.objects.create(code="main", customer_class=CustomerClass.objects.create(code="main"))
    open_house()
    told = (
        pay_back("A-5")
        | charge("A-6")
        | tell("A-1")
        | {"message": let_letter_go("A-2").pk}
        | want_call("A-3")
    )
    told |= let_reply_come(int(told["message"]))
    told["feedback"] = note_opinion("A-1").pk
    told["wish"] = put_on_list("main", "WISHED").pk
    told |= offer_instead("I-1")
    rows = {
        "simulation": simulation,
        "run": Run.objects.latest("id"),
        "release": Release.objects.latest("id"),
        "pick_list": PickList.objects.latest("id"),
        "block": Block.objects.latest("id"),
        "publication": Publication.objects.earliest("id"),
        "shipment": Shipment.objects.latest("id"),
    }
    names = {"sku": "LAMP", "component": "SHADE", "number": "A-1", "line": "1", "code": "main", "version": 1}
    return {**names, **told, **{name: row.pk for name, row in rows.items()}}

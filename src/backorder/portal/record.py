"""The page of an order as data, for programs of the customer: what the sheet says, with days, codes and numbers beside the words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest

from backorder.allocation.models import Promise
from backorder.care.letters.pieces import Piece
from backorder.care.links import Opened
from backorder.care.models import Notice
from backorder.orders.models import Line
from backorder.portal.offers import Elsewhere, Offered
from backorder.portal.sheet import Place, Sheet, Shown
from backorder.portal.story import Parcel, Told

Data = dict[str, Any]
Address = Callable[[str], str]
"""The address of a page of an order, by its name."""
WHERE = ("name", "street", "postcode", "city", "region")
CALL = {
    "phone": "text",
    "day": "date, or blank",
    "part": "morning, afternoon, evening, or blank",
    "text": "text",
}
OPINION = {"score": "1 to 5", "text": "text, or blank"}
HTML, JSON = "text/html", "application/json"


def wants_data(request: HttpRequest) -> bool:
    """Tell whether a program asks: by the ending of the address, or because it takes JSON before HTML."""
    return request.path.endswith(".json") or request.get_preferred_type([HTML, JSON]) == JSON


def write_record(sheet: Sheet, choices: Sequence[Data], said: str = "") -> Data:
    """Write an order as data; `said`: what became of a choice."""
    order, house = sheet.order, sheet.house
    today = sheet.at.astimezone(sheet.zone).date()
    pay = [{"text": text, "link": link} for text, link in sheet.pay]
    waits = [piece for piece in sheet.waiting if not piece.here and piece.ships_on != today]
    return {
        "order": order.number,
        "at": sheet.at.astimezone(sheet.zone),
        "language": sheet.speech.language,
        "said": said,
        "paid": order.payment_state != "unpaid",
        "news": list_texts(sheet.news),
        "ships_now": [describe_units(line, units) for line, units in sheet.ready],
        "waits": [describe_piece(piece) for piece in waits],
        "how_sure": list(sheet.sure),
        "why": list_texts(sheet.reason),
        "next": {"hear_on": sheet.hear_on, "news": list_texts(sheet.next)},
        "if_you_say_nothing": list_texts(sheet.silence),
        "places": [describe_place(place) for place in sheet.places],
        "offers": [describe_offer(one) for one in sheet.offers],
        "sold_by_others": [describe_elsewhere(one) for one in sheet.elsewhere],
        "parcels": [describe_parcel(parcel) for parcel in sheet.parcels],
        "pay": pay[0] if pay else None,
        "pay_also": pay[1:],
        "money": list(sheet.money),
        "if_you_cancel": list(sheet.terms),
        "thanks": list(sheet.thanks),
        "promises": [describe_promise(told) for told in sheet.promised],
        "notices": [describe_notice(told) for told in sheet.told],
        "chosen": [{"at": told.moment, "text": told.text} for told in sheet.said],
        "choices": list(choices),
        "questions": {"name": house.name, "mail": house.mail, "phone": house.phone},
    }


def list_texts(shown: Shown) -> list[str]:
    """List paragraphs and the points of lists, one after the other."""
    parts = (said for part in shown for said in part.values())
    return [text for said in parts for text in ([said] if isinstance(said, str) else said)]


def describe_units(line: Line, quantity: int) -> Data:
    """Describe units of a line."""
    return {
        "line": line.number,
        "sku": line.item.sku,
        "item": line.item.name or line.item.sku,
        "quantity": quantity,
    }


def describe_piece(piece: Piece) -> Data:
    """Describe units that wait: the day when they ship, and the one that was told last."""
    return {
        **describe_units(piece.line, piece.quantity),
        "ships_on": piece.ships_on,
        "told_on": piece.told_on,
    }


def describe_place(place: Place) -> Data:
    """Describe roughly how many orders come before; of the first in line neither number is given."""
    return {
        "sku": place.item.sku,
        "fewer_than": place.band.fewer_than,
        "more_than": place.band.more_than,
        "text": place.said,
    }


def describe_offer(one: Offered) -> Data:
    """Describe what could be had instead, until when, and what it costs; amounts are in minor units."""
    offer = one.offer
    return {
        "offer": offer.pk,
        "instead_of": describe_units(offer.line, offer.quantity),
        "sku": offer.item.sku,
        "item": offer.item.name or offer.item.sku,
        "quantity": offer.units,
        "kind": offer.kind,
        "ships_on": one.ships_on,
        "until": offer.until,
        "unit_price": offer.unit_price,
        "costs_more": offer.extra,
        "currency": offer.line.item.currency,
        "text": list(one.said),
    }


def describe_elsewhere(one: Elsewhere) -> Data:
    """Describe what somebody else sells; it is never an order."""
    offer = one.offer
    return {
        "instead_of": offer.item.sku,
        "kind": offer.kind,
        "title": offer.title,
        "link": offer.url,
        "price": offer.price,
        "currency": offer.currency,
        "seen_on": offer.seen_on,
        "text": one.said,
    }


def describe_parcel(parcel: Parcel) -> Data:
    """Describe what left."""
    left = parcel.left
    return {
        "left_at": left.shipped_at,
        "carrier": left.carrier,
        "number": left.tracking_number,
        "link": left.tracking_link,
        "units": [describe_units(end.release.line, end.quantity) for end in left.lines.all()],
        "text": parcel.said,
    }


def describe_promise(told: Told) -> Data:
    """Describe a day that was planned for a line, and why that one."""
    assert isinstance(told.of, Promise)
    return {
        "at": told.moment,
        "line": told.of.line.number,
        "promised_on": told.of.promised_on,
        "reason": told.of.reason,
        "text": told.text,
    }


def describe_notice(told: Told) -> Data:
    """Describe what the customer was told."""
    assert isinstance(told.of, Notice)
    return {
        "at": told.moment,
        "by": told.of.channel,
        "days": [
            {"line": each.line.number, "quantity": each.quantity, "ships_on": each.revised_on}
            for each in told.of.lines.all()
        ],
        "text": told.text,
    }


def list_choices(sheet: Sheet, opened: Opened, address: Address, csrf: str) -> list[Data]:
    """List what can be chosen: as a form, where to POST which fields, and what else it asks for. Cookies go with it."""
    if not opened.may_choose:
        return []
    fields = {"state": sheet.state, "csrfmiddlewaretoken": csrf}
    twice = fields | {"confirmed": "yes"}
    units = {f"units-{line.pk}": describe_units(line, line.quantity_unreleased) for line in sheet.lines}
    there = {
        "wait": (bool(sheet.agreeable), fields, {}),
        "cancel": (bool(sheet.lines), twice, units),
        "period": (sheet.may_set_period, fields, {"until": "date"}),
        "ready": (sheet.changes.ships_ready, fields, {}),
        "address": (may_redirect(sheet, opened), twice, dict.fromkeys(WHERE, "text")),
        "last-day": (bool(sheet.changes.lines), twice, {"day": "date, or blank"}),
        "call": (sheet.callback is None, fields, CALL),
        "no-call": (sheet.callback is not None, fields, {}),
        "texts": (sheet.texts == "", fields, {"phone": "text"}),
        "no-texts": (bool(sheet.texts), fields, {}),
        "feedback": (sheet.asks_feedback, {"csrfmiddlewaretoken": csrf}, OPINION),
    }
    found = [
        {"choice": name, "post_to": address(f"portal-{name}"), "fields": given, "asks": asks}
        for name, (can, given, asks) in there.items()
        if can
    ]
    found += [
        {
            "choice": name,
            "post_to": address(f"portal-{name}"),
            "fields": {"csrfmiddlewaretoken": csrf, "offer": str(one.offer.pk)},
            "asks": {},
            "until": one.offer.until,
        }
        for one in sheet.offers
        for name in ("take", "no-thanks")
    ]
    back = [undo for undo in sheet.changes.undoable if not undo.is_packed]
    return found + [
        {
            "choice": "undo",
            "post_to": address("portal-undo"),
            "fields": fields | {"entry": str(undo.entry.pk)},
            "asks": {},
            "until": undo.until,
        }
        for undo in back
    ]


def may_redirect(sheet: Sheet, opened: Opened) -> bool:
    """Tell whether whoever holds a link can say where the order goes."""
    return opened.may_redirect and sheet.changes.address is not None

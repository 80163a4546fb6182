"""The receipt of what came in: units that somebody waited for are here, and are being packed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from backorder.allocation.models import Standing
from backorder.care.choices import look
from backorder.care.letters.parts import Said
from backorder.care.letters.pieces import Piece
from backorder.care.letters.scene import Scene, say_line, say_subject, say_to_come
from backorder.fulfilment.models import Release
from backorder.orders.models import Line


def confirm_arrived(scene: Scene, entries: Sequence[int]) -> tuple[str, list[Said]]:
    """Tell which units are here and are being packed, and what of their lines still waits."""
    found = Release.objects.filter(line__order=scene.order.pk, entry__in=entries)
    back = Coalesce(Sum("ends__quantity", filter=Q(ends__shipment=None)), 0)  # it may be in a later one again
    found = found.annotate(stays=F("quantity") - back).select_related("line__item", "entry").order_by("id")
    rows = [each for each in found if each.stays] or list(found)
    units = scene.count((each.line, each.stays or each.quantity) for each in rows)
    lines = list(dict.fromkeys(each.line for each in rows))
    return say_arrived(units, rows[0].entry.at, list_waiting(lines, scene), scene)


def say_arrived(
    units: Sequence[str], since: datetime, waiting: Sequence[str], scene: Scene
) -> tuple[str, list[Said]]:
    """Say which units are here, since when they are being packed, and what of their lines still waits."""
    first = scene.speech.say(
        "What you waited for is here, and is being packed since {day}:", day=scene.day(since)
    )
    subject = say_subject(
        units,
        (
            scene.speech.say(
                "Your order {order}: here now: {units}", order=scene.order.number, units=units[0]
            ),
            scene.speech.say(
                "Your order {order}: here now: {units}, and more", order=scene.order.number, units=units[0]
            ),
        ),
    )
    return subject, [
        first,
        tuple(units),
        *(say_to_come(waiting, scene) if waiting else []),
        scene.speech.say("There is nothing that you need to do."),
    ]


def list_waiting(lines: Sequence[Line], scene: Scene) -> list[str]:
    """List what of lines of which a part is here still waits, and until when."""
    rest = {line: count_waiting(line) for line in lines}
    if not any(rest.values()):
        return []
    pieces = look(scene.order, scene.now).pieces if scene.order.payment_state != "unpaid" else []
    return [
        said
        for line, units in rest.items()
        if units
        for said in say_line(line, units, take_last(line, units, pieces), scene.speech)
    ]


def count_waiting(line: Line) -> int:
    """Count the units of a line that are neither here nor with the warehouse."""
    here = Standing.objects.filter(line=line).values_list("allocated_on_hand", flat=True).first() or 0
    waits: int = max(line.quantity_unreleased - here, 0)
    return waits


def take_last(line: Line, units: int, pieces: Sequence[Piece]) -> list[Piece]:
    """Take so many units of a line that ship last, the earliest of them first."""
    taken: list[Piece] = []
    for piece in reversed([each for each in pieces if each.line.pk == line.pk]):
        some = min(piece.quantity, units)
        if some:
            taken.insert(0, replace(piece, quantity=some))
        units -= some
    return taken

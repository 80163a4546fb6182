"""The receipt of what came in: units that somebody waited for are here, and are being packed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backorder.allocation.models import Standing
from backorder.care.choices import look
from backorder.care.letters.parts import Said
from backorder.care.letters.pieces import Piece
from backorder.care.letters.scene import Scene, say_line, say_subject, say_to_come
from backorder.fulfilment.models import Release
from backorder.orders.models import Line, Order


def list_packed(order: Order, entries: Sequence[int]) -> list[Release]:
    """List what was handed over by entries and is still with the warehouse; what left is told as sent."""
    found = Release.objects.filter(line__order=order.pk, entry__in=entries, quantity_open__gt=0)
    return list(found.select_related("line__item", "entry").order_by("id"))


def confirm_arrived(scene: Scene, entries: Sequence[int]) -> tuple[str, list[Said]]:
    """Tell which units are here and are being packed since when, and what of their lines still waits."""
    rows = list_packed(scene.order, entries)
    days: dict[str, list[Release]] = {}
    for each in rows:
        days.setdefault(scene.day(each.entry.at), []).append(each)
    parts = {day: count_units(of_day, scene) for day, of_day in days.items()}
    lines = list(dict.fromkeys(each.line for each in rows))
    return say_arrived(count_units(rows, scene), parts, list_waiting(lines, scene), scene)


def count_units(rows: Sequence[Release], scene: Scene) -> list[str]:
    """Name the units that are with the warehouse."""
    return scene.count((each.line, each.quantity_open) for each in rows)


def say_arrived(
    units: Sequence[str], parts: Mapping[str, Sequence[str]], waiting: Sequence[str], scene: Scene
) -> tuple[str, list[Said]]:
    """Say which units are here, which of them are being packed since which day, and what of their lines still waits."""
    said: list[Said] = []
    for day, some in parts.items():
        said += [
            scene.speech.say("What you waited for is here, and is being packed since {day}:", day=day),
            tuple(some),
        ]
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
        *said,
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

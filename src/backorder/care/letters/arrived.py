"""The receipt of what came in: units that somebody waited for are here, and are being packed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backorder.care.letters.parts import Said
from backorder.care.letters.scene import Scene, say_subject
from backorder.fulfilment.models import Release


def confirm_arrived(scene: Scene, entries: Sequence[int]) -> tuple[str, list[Said]]:
    """Tell which units are here and are being packed."""
    found = Release.objects.filter(line__order=scene.order.pk, entry__in=entries)
    rows = found.select_related("line__item", "entry").order_by("id")
    units = scene.count((each.line, each.quantity) for each in rows)
    return say_arrived(units, rows[0].entry.at, scene)


def say_arrived(units: Sequence[str], since: datetime, scene: Scene) -> tuple[str, list[Said]]:
    """Say which units are here, and since when they are being packed."""
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
    return subject, [first, tuple(units), scene.speech.say("There is nothing that you need to do.")]

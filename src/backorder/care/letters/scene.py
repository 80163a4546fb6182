"""Where and when a receipt is written, and what is said in each: its subject, and what of the order is still to come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from backorder.care.choices import list_open_lines, look
from backorder.care.house import House
from backorder.care.letters.parts import Said, name_units, tell_day
from backorder.care.letters.pieces import Piece
from backorder.care.letters.speech import Speech
from backorder.orders.models import Line, Order


@dataclass(frozen=True)
class Scene:
    """Where and when a receipt is written, and in which language."""

    order: Order
    house: House
    speech: Speech
    zone: tzinfo
    now: datetime
    laws: frozenset[str]  # that hold for the order, by name

    def moment(self, at: datetime) -> str:
        """Write an instant by the clock of the customer."""
        return self.speech.moment(at, self.zone)

    def day(self, at: datetime) -> str:
        """Write the day of an instant on the customer's calendar."""
        return self.speech.day(at.astimezone(self.zone).date())

    def count(self, units: Iterable[tuple[Line, int]]) -> list[str]:
        """Name units, those of a line together."""
        sums: dict[Line, int] = {}
        for line, quantity in units:
            sums[line] = sums.get(line, 0) + quantity
        return [name_units(line, quantity, self.speech) for line, quantity in sums.items()]


def say_subject(units: Sequence[str], said: tuple[str, str]) -> str:
    """Choose the subject about one line or about several."""
    one, more = said
    return one if len(units) == 1 else more


def say_rest(scene: Scene) -> list[Said]:
    """Say what of the order is still to come, and when, as it stands now."""
    lines = list_open_lines(scene.order)
    if not lines:
        return [say_nothing_left(scene.speech)]
    pieces = look(scene.order, scene.now).pieces if scene.order.payment_state != "unpaid" else []
    return say_to_come(
        [said for line in lines for said in say_line(line, line.quantity_open, pieces, scene.speech)], scene
    )


def say_nothing_left(speech: Speech) -> str:
    """Say that nothing else of the order is still to come."""
    return speech.say("Nothing else of your order is still to come.")


def say_to_come(rest: Sequence[str], scene: Scene) -> list[Said]:
    """Say that this is still to come, as it stands now."""
    first = scene.speech.say(
        "This is still to come, as it stands on {moment}:", moment=scene.moment(scene.now)
    )
    return [first, tuple(rest)]


def say_line(line: Line, units: int, pieces: Sequence[Piece], speech: Speech) -> list[str]:
    """Say what of a line is still to come, so many units; by which day, if that is known of all of it."""
    known = [piece for piece in pieces if piece.line.pk == line.pk]
    if sum(piece.quantity for piece in known) != units:
        return [name_units(line, units, speech)]
    return [
        speech.say(
            "{units}: {told}", units=name_units(line, piece.quantity, speech), told=tell_day(piece, speech)
        )
        for piece in known
    ]

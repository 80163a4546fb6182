"""What a customer is told of thanks for waiting: what is given, and that nothing else changes by it. It promotes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from backorder.care.house import read_incentive_as_it_was
from backorder.care.letters.parts import Said
from backorder.care.letters.scene import Scene
from backorder.care.letters.speech import Speech
from backorder.care.models import GIVEN, Thanks
from backorder.orders.models import Order


def list_thanks(order: Order, speech: Speech) -> list[str]:
    """List what an order was given for waiting, what was given first at the front."""
    return [say_thanks(each, speech) for each in read_given(order)]


def read_given(order: Order) -> list[Thanks]:
    """Read what an order was given."""
    rows = Thanks.objects.filter(order=order.pk, group=GIVEN)
    return list(rows.select_related("version").order_by("pk"))


def say_thanks(thanks: Thanks, speech: Speech) -> str:
    """Say what is given, in the words of the rule as it was then, or as money."""
    amount = speech.money(thanks.amount, thanks.currency)
    if thanks.manner == "refund":
        return speech.say("You get {amount} back, the way that you paid.", amount=amount)
    if thanks.manner == "credit":
        return speech.say("Your order costs {amount} less.", amount=amount)
    return read_incentive_as_it_was(thanks.version, thanks.rule).say(speech.language)


def confirm_thanked(scene: Scene, entries: Sequence[int]) -> tuple[str, list[Said]]:
    """Tell what is given for waiting."""
    given = [each for each in read_given(scene.order) if each.entry_id in entries]
    return say_thanked([say_thanks(each, scene.speech) for each in given], scene)


def say_thanked(given: Sequence[str], scene: Scene) -> tuple[str, list[Said]]:
    """Say thank you, and what is given."""
    speech = scene.speech
    subject = speech.say("Your order {order}: thank you for waiting", order=scene.order.number)
    return subject, [
        speech.say("You have waited long for your order. Thank you. For that:"),
        tuple(given),
        speech.say(
            "Nothing else changes by it: what you may choose stays the same, and if you cancel, your money still comes back."
        ),
    ]

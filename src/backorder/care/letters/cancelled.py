"""The receipt of what was cancelled: who said so and when, what of the order is left, and by when money is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from backorder.care.choices import PAGE
from backorder.care.letters.parts import Said
from backorder.care.letters.scene import Scene, say_rest, say_subject
from backorder.care.letters.speech import Speech, mark
from backorder.care.models import Answer
from backorder.care.refunds.owed import Owed, find_days, list_owed
from backorder.orders.models import Cancellation
from backorder.payments.models import Refund

WITHDRAWN = mark(
    "Your withdrawal from the contract reached us on {moment}, on the page of your order. It is for:"
)
SELLER = mark("We are sorry: we cannot send you what stands here, and cancelled it on {moment}:")
UNSAID = mark("This was cancelled on {moment}:")
BY_WAY: Mapping[str, str] = {
    PAGE: mark("Your cancellation reached us on {moment}, on the page of your order. This is cancelled:"),
    "phone": mark("Your cancellation reached us on {moment}, by phone. This is cancelled:"),
    "mail": mark("Your cancellation reached us on {moment}, by e-mail. This is cancelled:"),
    "letter": mark("Your cancellation reached us on {moment}, by letter. This is cancelled:"),
    "message": mark("Your cancellation reached us on {moment}, by message. This is cancelled:"),
}
"""How a customer who cancels was heard."""
PAID = ("paid", "not_needed")
"""An order of which nobody notes payments counts as paid: who has no records has the law against them."""


def confirm_cancelled(scene: Scene, entries: Sequence[int]) -> tuple[str, list[Said]]:
    """Confirm what was cancelled: who said so and when, what of the order is left, and by when money is sent."""
    found = Cancellation.objects.filter(line__order=scene.order.pk, entry__in=entries)
    gone = list(found.select_related("line__item", "entry").order_by("id"))
    groups: dict[str, list[Cancellation]] = {}
    for each, answer in zip(gone, find_answers(gone), strict=True):
        groups.setdefault(say_cancelled(each, answer, scene), []).append(each)
    said: list[Said] = []
    for sentence, same in groups.items():
        said += [sentence, tuple(scene.count((each.line, each.quantity) for each in same))]
    units = scene.count((each.line, each.quantity) for each in gone)
    return name_cancelled(units, scene), [*said, *say_money(gone, scene), *say_rest(scene)]


def name_cancelled(units: Sequence[str], scene: Scene) -> str:
    """Name what was cancelled in a subject."""
    return say_subject(
        units,
        (
            scene.speech.say(
                "Your order {order}: cancelled: {units}", order=scene.order.number, units=units[0]
            ),
            scene.speech.say(
                "Your order {order}: cancelled: {units}, and more", order=scene.order.number, units=units[0]
            ),
        ),
    )


def find_answers(gone: Sequence[Cancellation]) -> list[Answer | None]:
    """Find by what each of several cancellations came about that a customer said; None: nobody noted it."""
    causes = [each.entry.caused_by_id for each in gone]
    said = {answer.entry_id: answer for answer in Answer.objects.filter(entry__in=filter(None, causes))}
    return [said.get(cause) if cause else None for cause in causes]


def say_cancelled(gone: Cancellation, answer: Answer | None, scene: Scene) -> str:
    """Say who cancelled and when; of a customer, when that was received."""
    if gone.by == "seller":
        return scene.speech.say(SELLER, moment=scene.moment(gone.entry.at))
    if answer is None:
        return scene.speech.say(UNSAID, moment=scene.moment(gone.entry.at))
    withdraws = answer.channel == PAGE and "eu" in scene.laws
    sentence = WITHDRAWN if withdraws else BY_WAY[answer.channel]
    return scene.speech.say(sentence, moment=scene.moment(answer.said_at))


def say_money(gone: Sequence[Cancellation], scene: Scene) -> Iterator[Said]:
    """Say by when money is sent for what was cancelled; nothing where nothing is paid, or nobody has to send any."""
    refunds = Refund.objects.filter(parts__cancellation__in=gone).distinct().order_by("id")
    decided = list(refunds.prefetch_related("transfers", "parts"))
    owed = list_owed(scene.now, [scene.order]) if scene.house.refunds.mode != "off" else []
    yield from filter(None, (say_decided(refund, scene.speech) for refund in decided))
    yield from filter(None, (say_owed(each, scene.speech) for each in owed))
    known = {part.cancellation_id for refund in decided for part in refund.parts.all()}
    known |= {each.pk for one in owed for each in one.cancellations}
    day = find_law_day([each for each in gone if each.pk not in known], scene)
    if day is not None:
        yield scene.speech.say(
            "All that you paid for what was cancelled we send back by {day}, shipping included.",
            day=scene.speech.day(day),
        )


def say_decided(refund: Refund, speech: Speech) -> str:
    """Say by when money is sent about which somebody has decided; blank if all of it has left."""
    rest = refund.amount - sum(each.amount for each in refund.transfers.all() if each.state == "sent")
    amount = speech.money(rest, refund.currency)
    if rest and refund.due_by is not None:
        return speech.say("We send {amount} back by {day}.", amount=amount, day=speech.day(refund.due_by))
    return speech.say("{amount} are on their way back to you.", amount=amount) if rest else ""


def say_owed(owed: Owed, speech: Speech) -> str:
    """Say by when money is sent about which nobody has decided; blank if there is none."""
    day = speech.day(owed.due_by)
    if owed.amount is None:
        return speech.say("For what was cancelled we send money back by {day}.", day=day)
    amount = speech.money(owed.amount, owed.currency)
    said = "For what was cancelled we send {amount} back by {day}."
    return speech.say(said, amount=amount, day=day) if owed.amount else ""


def find_law_day(gone: Sequence[Cancellation], scene: Scene) -> date | None:
    """Find by when laws want the money for cancellations sent, as the page of the order said before; None: none is paid or due."""
    order = scene.order
    if not gone or not (order.payment_state in PAID or order.payments.exists()):
        return None
    days = find_days([order], scene.now)[order.pk].by
    return max((days[each.pk][0] for each in gone if each.pk in days), default=None)

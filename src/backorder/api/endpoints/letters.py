"""Letters to customers who wait: read as they stand now, let go to be sent from here, or noted once they were sent elsewhere."""

from __future__ import annotations

from typing import Annotated, Literal

from django.utils import timezone
from ninja import Query
from pydantic import Field

from backorder.api.endpoints.messages import WholeMessage, show_whole
from backorder.api.endpoints.named import take_order
from backorder.api.endpoints.noted import Noted, note
from backorder.api.endpoints.notices import WholeNotice, tell_noted
from backorder.api.endpoints.told import Medium, ToldOfLine, show_told
from backorder.api.nouns import Act, Noun
from backorder.api.problems import ProblemError, require
from backorder.api.values import MOST_REASON, PRINTABLE, Day, Key, Reason, Sent, SentInstant, Shown
from backorder.care.calls import note_call
from backorder.care.letters.script import write_told
from backorder.care.letters.writing import Letter, Own, note_letter, write_letter
from backorder.care.post.messages import let_go
from backorder.care.post.selectors import find_message
from backorder.orders.selectors import find_order

letters = Noun("letters", "care")
Language = Literal["en", "de", "fr", "es"]
Words = Annotated[str, Field(max_length=MOST_REASON, pattern=PRINTABLE)]
Mark = Annotated[str, Field(min_length=1, max_length=100, pattern=PRINTABLE)]


class Wishes(Sent):
    """How a letter is written."""

    language: Annotated[Language | None, Field(description="Without it, that of the customer.")] = None
    reason: Annotated[
        Words, Field(description="Why it is late, in the language of the letter; blank: what the plan says.")
    ] = ""
    steps: Annotated[Words, Field(description="What is being done, in the language of the letter.")] = ""

    @property
    def own(self) -> Own:
        """What somebody adds."""
        return Own(self.reason, self.steps)


class LetterToGo(Wishes):
    """A letter that is to be sent from here."""

    order: Key
    mark: Annotated[
        Mark,
        Field(
            description="That of the letter as it was read, written the same way; or the `news` of its draft."
        ),
    ]
    why: Reason = ""


class SentLetter(Wishes):
    """A letter that was sent elsewhere as it stands."""

    order: Key
    mark: Annotated[Mark, Field(description="That of the letter as it was sent, written the same way.")]
    at: Annotated[SentInstant, Field(description="When it was sent: on the day that it names.")]
    medium: Medium
    why: Reason = ""


class ToldByCall(Wishes):
    """That a customer was told on the phone what a letter says, and what the customer said."""

    order: Key
    mark: Annotated[
        Mark, Field(description="That of the letter whose script was read out, written the same way.")
    ]
    said: Annotated[
        Literal["yes", "no", "thinks"],
        Field(
            description="`yes`: agrees to wait, which counts where a law asks for it; `no`: all that is open is cancelled at once; "
            "`thinks`: neither yet."
        ),
    ]
    why: Annotated[Reason, Field(description="In the customer's words, for the journal.")] = ""


class ShownLetter(Shown):
    """A letter as it would be written now. Nothing is sent by reading it."""

    order: str
    to: str = Field(description="The e-mail address of the customer; blank: none is known.")
    language: str
    subject: str
    text: str
    html: str = Field(description="A page that says the same.")
    script: str = Field(description="The same, as it is said on the phone.")
    written_on: Day = Field(
        description="The day that it names, as the calendar shows it where the order goes."
    )
    next_on: Day | None = Field(description="By which it says that the customer hears again.")
    lines: list[ToldOfLine] = Field(description="What it says of each line, the last day first.")
    mark: str = Field(description="Stands for all that it says: another letter has another one.")


@letters.reads("/letters/{path:number}", ShownLetter, refuses=True)
def get_letter(number: Key, wishes: Query[Wishes]) -> ShownLetter:
    """Write what the customer of an order is to know now."""
    order = require(find_order(number))
    letter = write_letter(order, timezone.now(), wishes.language or "", wishes.own)
    return show_letter(letter)


@letters.changes("/letters", WholeMessage, at=lambda made: f"messages/{made.message}")
def let_letter_go(act: Act, letter: LetterToGo) -> WholeMessage:
    """Let a letter go, to be sent from here, as far as it is still what was read."""
    order = take_order(letter.order)
    message = let_go(order, letter.mark, act.cause(letter.why), letter.own, letter.language or "")
    made = show_whole(require(find_message(message.pk)))
    return made.model_copy(update={"message": None, "entry": None}) if act.preview else made


@letters.changes("/recorded-letters", WholeNotice, at=lambda made: f"notices/{made.notice}")
def record_letter(act: Act, letter: SentLetter) -> WholeNotice:
    """Note that a letter was sent elsewhere as it stands: from then on it counts."""
    order = take_order(letter.order)
    written = write_letter(order, act.at, letter.language or "", letter.own)
    if written.mark != letter.mark:
        message = f"order {order.number}: what its letter says has changed since you read it; read it again"
        raise ProblemError("refused", message)
    return tell_noted(act, note_letter(written, letter.medium, letter.at, act.cause(letter.why)))


@letters.changes("/calls", Noted)
def record_call(act: Act, call: ToldByCall) -> Noted:
    """Note that a customer was told on the phone what a letter says, and what the customer said."""
    order = take_order(call.order)
    letter = write_letter(order, act.at, call.language or "", call.own)
    if letter.mark != call.mark:
        message = f"order {order.number}: what its letter says has changed since you read it; read it again"
        raise ProblemError("refused", message)
    return note(act, note_call(letter, call.said, act.cause(call.why)))


def show_letter(letter: Letter) -> ShownLetter:
    """Show a letter."""
    return ShownLetter(
        order=letter.order.number,
        to=letter.to,
        language=letter.language,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        script=write_told(letter),
        written_on=letter.written_on,
        next_on=letter.next_on,
        lines=show_told(letter.revised),
        mark=letter.mark,
    )

"""What the law would ask, and the rules of the house."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from backorder.care.callbacks import LONGEST
from backorder.care.incentives.selectors import list_running
from backorder.care.letters.speech import NAMES
from backorder.care.models import MOST_WORDS
from backorder.console.forms.fields import CodeField, FileText, ask_day, ask_units, ask_why

INSTANT = "%Y-%m-%dT%H:%M"
BUYERS = [("consumer", "a consumer"), ("business", "a business")]


class TaleForm(forms.Form):
    """The days of a sale."""

    ship_to = CodeField(
        label="Goes to", max_length=6, help_text="A country as DE, or a part of one as US-CA."
    )
    seller = CodeField(label="Comes from", max_length=6)
    buyer = forms.ChoiceField(label="Buyer", choices=BUYERS)
    ordered_on = ask_day("Ordered and paid on")
    stated_on = ask_day("Day of shipment that was told before", required=False, help_text="Blank: none was.")
    planned_on = ask_day("Planned to ship on", required=False, help_text="Blank: no day is known.")
    told_on = ask_day(
        "Customer told of a delay on",
        required=False,
        help_text="In a message that says all that the law wants.",
    )
    revised_on = ask_day("New day in that message", required=False, help_text="Blank: it named none.")
    told_again_on = ask_day("Told of a further delay on", required=False)
    revised_again_on = ask_day("New day in that message", required=False, help_text="Blank: it named none.")
    agreed_on = ask_day(
        "Customer agreed on", required=False, help_text="To what the customer was told last by then."
    )
    period_set_on = ask_day(
        "Customer set a further period on", required=False, help_text="Where a law lets customers set one."
    )
    period_until = ask_day("That period ends on", required=False)
    cancelled_on = ask_day("Customer cancelled on", required=False)
    shipped_on = ask_day("Shipped on", required=False)
    needed_by = ask_day(
        "Of no use to the customer after",
        required=False,
        help_text="If you knew. Blank: it is of use on any day.",
    )
    on_credit = forms.BooleanField(label="Bought on credit that you give", required=False)
    seen_on = ask_day("Looked at on")


CHANNELS = [
    ("phone", "by phone"),
    ("mail", "by e-mail"),
    ("letter", "by letter"),
    ("message", "by a text message"),
    ("page", "on a page"),
]
KINDS = [
    ("accepts", "agrees to what was told last"),
    ("cancels", "cancels"),
    ("period", "sets a further period"),
]


def ask_instant(label: str) -> forms.DateTimeField:
    """Ask for an instant, by the shop's clock."""
    shown = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=INSTANT)
    return forms.DateTimeField(label=label, widget=shown, input_formats=[INSTANT])


class ToldForm(forms.Form):
    """What a customer was told of a line."""

    at = ask_instant("Told at")
    channel = forms.ChoiceField(label="How", choices=CHANNELS)
    revised_on = ask_day("New day of shipment", required=False, help_text="Blank: no day could be named.")
    quantity = ask_units("Units", required=False, help_text="Those that ship last. Blank: all of the line.")
    complete = forms.BooleanField(
        label="It said all that the law asks for",
        required=False,
        help_text="Above all that the customer may cancel and get all the money back, and what it means to say nothing.",
    )
    text = forms.CharField(
        label="Text", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    why = ask_why(help_text="Why it is late. Stands in the story of the order.")


class LetterForm(forms.Form):
    """How a letter is written."""

    language = forms.ChoiceField(
        label="Language", choices=[("", "the customer's"), *NAMES.items()], required=False
    )
    reason = forms.CharField(
        label="Why it is late",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In your words, in the language of the letter. Blank: what the plan says.",
    )
    steps = forms.CharField(
        label="What is being done",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="In your words, likewise. Blank: what the program does.",
    )


class SentForm(forms.Form):
    """That a letter was sent as it was read."""

    at = ask_instant("Sent at")
    channel = forms.ChoiceField(label="How", choices=CHANNELS)
    mark = forms.CharField(widget=forms.HiddenInput)


class CalledForm(forms.Form):
    """What was said on the phone."""

    said = forms.CharField(
        label="What was said",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST,
        help_text="In a few words. What the customer decided, note on the page of the order too.",
    )


class CallForm(forms.Form):
    """What else was said in a call."""

    mark = forms.CharField(required=False, widget=forms.HiddenInput)
    why = ask_why(
        label="What was said", required=False, help_text="In a few words. Stands in the story of the order."
    )


class TextsForm(forms.Form):
    """Whether a customer wants texts."""

    phone = forms.CharField(
        label="Phone for texts",
        required=False,
        max_length=40,
        help_text="With + and the country, or as it is dialled where the order goes. Blank: no texts any more.",
    )
    channel = forms.ChoiceField(label="How the customer said so", choices=CHANNELS)
    why = ask_why(help_text="In the customer's words.")


class SaidForm(forms.Form):
    """What a customer said of a line."""

    at = ask_instant("Said at")
    channel = forms.ChoiceField(label="How", choices=CHANNELS)
    kind = forms.ChoiceField(label="The customer", choices=KINDS)
    quantity = ask_units("Units", required=False, help_text="Blank: all that is open.")
    until = ask_day("End of the period", required=False, help_text="Only if the customer sets one.")
    why = ask_why(help_text="In the customer's words. Stands in the story of the order.")


class FeedbackForm(forms.Form):
    """What a customer thinks of an order."""

    at = ask_instant("Said at")
    channel = forms.ChoiceField(label="How", choices=CHANNELS)
    score = forms.TypedChoiceField(
        label="Score",
        choices=[("", "none"), *((each, f"{each}") for each in range(1, 6))],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="From 1, bad, to 5, good.",
    )
    text = forms.CharField(
        label="In the customer's words",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ThankForm(forms.Form):
    """By which rule of the house a customer is thanked for waiting."""

    rule = forms.ChoiceField(label="Rule", help_text="It says what is given, to whom, and how much in all.")
    why = ask_why(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as of every form
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [(name, name) for name in list_running(timezone.localdate())]  # type: ignore[attr-defined]


class HouseForm(forms.Form):
    """The rules of the house as text."""

    text = FileText("Rules", rows=16)
    why = ask_why(help_text="Stands in the journal.")

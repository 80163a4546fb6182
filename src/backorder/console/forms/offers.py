"""Forms of offers of something else, and of what others sell."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from backorder.care.models import OUTSIDE_KINDS
from backorder.console.forms.fields import CodeField, ask_day, ask_units, ask_why
from backorder.console.forms.money import ask_amount


class OfferForm(forms.Form):
    """What is offered in the place of units of a line."""

    choice = forms.ChoiceField(label="Instead")
    quantity = ask_units(
        "Units of the line that it stands in for", required=False, help_text="Blank: as many as it can."
    )
    writes = forms.BooleanField(
        label="Write to the customer",
        required=False,
        help_text="If mail can reach them. Else tell them yourself; it stands on the page of their order.",
    )
    why = ask_why(required=False, help_text="Stands in the story of the order.")

    def __init__(self, data: Any, initial: dict[str, Any]) -> None:  # noqa: ANN401 - what was sent
        """Lay out the choices that there are, or say why there are none."""
        super().__init__(data, initial=initial)
        field = self.fields["choice"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = initial["choices"]
        field.help_text = initial["hint"]


class AnswerForm(forms.Form):
    """What a customer, or the shop, says to an offer."""

    why = ask_why(required=False, help_text="Stands in the story of the order.")


class OutsideForm(forms.Form):
    """What somebody else sells in the place of an item."""

    kind = forms.ChoiceField(
        label="What it is", choices=[(kind, kind.replace("_", "-")) for kind in OUTSIDE_KINDS]
    )
    url = forms.CharField(label="Address", max_length=2_000, help_text="It begins with https:// or http://.")
    title = forms.CharField(label="Title", max_length=200)
    price = ask_amount("Price", required=False, help_text="Blank: nobody said.")
    currency = CodeField(label="Currency", max_length=3, required=False, help_text="Blank: that of the item.")
    seen_on = ask_day("Seen on", initial=timezone.localdate)
    until = ask_day("Shown until", required=False, help_text="Blank: until it is removed.")
    why = ask_why(required=False, help_text="Stands in the story of the item.")

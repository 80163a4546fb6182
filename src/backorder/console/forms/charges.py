"""By what an order may be charged, and what is charged now."""

from __future__ import annotations

from django import forms

from backorder.console.forms.fields import ask_why
from backorder.console.forms.money import LABEL, ask_amount

COST = "Of all of the order, with shipping, discounts and thanks for waiting. Without it: what is held, or the prices."


class CardForm(forms.Form):
    """A card that a customer let us keep at Stripe."""

    customer = forms.CharField(label="Customer", max_length=LABEL, help_text="As Stripe knows them: cus_…")
    reference = forms.CharField(label="Card", max_length=LABEL, help_text="As Stripe knows it: pm_…")
    label = forms.CharField(
        label="What the customer knows it by",
        required=False,
        max_length=LABEL,
        help_text="Visa ending in 4242.",
    )
    cost = ask_amount("Whole cost", required=False, help_text=COST)
    why = ask_why(required=False, help_text="Stands in the story of the order.")


class HeldForm(forms.Form):
    """What a card holds, as Stripe knows it."""

    reference = forms.CharField(
        label="Reference",
        max_length=LABEL,
        help_text="As Stripe knows it: pi_… Amount and last instant are read from Stripe.",
    )
    cost = ask_amount("Whole cost", required=False, help_text=COST)


class ChargeForm(forms.Form):
    """What is charged now."""

    amount = ask_amount()
    why = ask_why(help_text="Why it is charged before it leaves. Stands in the story of the order.")


class EndForm(forms.Form):
    """That something is asked for again, or ends."""

    why = ask_why(required=False, help_text="Stands in the story of the order.")


class OffForm(forms.Form):
    """That something is not charged."""

    why = ask_why(help_text="Paid otherwise, or given away. Stands in the story of the order.")

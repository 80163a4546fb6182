"""Money that came in, and money that goes back."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from backorder.console.forms.fields import ask_why
from backorder.console.forms.law import ask_instant
from backorder.money import MOST_PLACES
from backorder.orders.models import MOST_MONEY

LABEL = 100


def ask_amount(label: str = "Amount", **options: object) -> forms.DecimalField:
    """Ask for an amount; how many places it may have its currency says."""
    return forms.DecimalField(
        label=label,
        min_value=Decimal(0),
        max_value=Decimal(MOST_MONEY),
        decimal_places=MOST_PLACES,
        **options,  # type: ignore[arg-type] # what the field takes
    )


class PaidForm(forms.Form):
    """Money that came in, and that a person saw."""

    amount = ask_amount()
    at = ask_instant("Came in at")
    label = forms.CharField(
        label="How it was paid",
        required=False,
        max_length=LABEL,
        help_text="As the customer knows it: bank transfer, card ending in 4242.",
    )
    reference = forms.CharField(
        label="Reference", required=False, max_length=LABEL, help_text="Of the bank. Each is noted once."
    )
    why = ask_why(required=False, help_text="Stands in the story of the order.")


class ProvidedForm(forms.Form):
    """A payment that a provider took."""

    reference = forms.CharField(
        label="Reference",
        max_length=LABEL,
        help_text="As Stripe knows it: pi_… Amount and day are read from Stripe.",
    )


class RefundForm(forms.Form):
    """Money that is to go back."""

    amount = ask_amount()
    mark = forms.CharField(widget=forms.HiddenInput, required=False)
    paid_twice = forms.BooleanField(
        label="It was paid twice, or is not for this order",
        required=False,
        help_text="Then it no longer counts as paid. Without it, money that goes back for nothing cancelled is goodwill: "
        "the order counts as paid all the same.",
    )
    why = ask_why(
        required=False,
        help_text="Needed for another amount than is owed, where nothing goes back, and where nothing was cancelled. "
        "Stands in the story of the order.",
    )


class TransferSentForm(forms.Form):
    """That a person sent money."""

    at = ask_instant("Sent at")
    label = forms.CharField(
        label="To",
        required=False,
        max_length=LABEL,
        help_text="As the customer knows it: account ending in 7788.",
    )
    reference = forms.CharField(label="Reference", required=False, max_length=LABEL, help_text="Of the bank.")


class TransferReturnedForm(forms.Form):
    """That money came back, or could not be sent."""

    said = forms.CharField(label="What the bank says", max_length=300)


class AgainForm(forms.Form):
    """That what failed is sent again."""

    why = ask_why(required=False, help_text="Stands in the story of the order.")

"""What people type in. A form says what is missing or cannot be read; what the facts allow, the services say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from backorder.fulfilment.models import Release
from backorder.supply.models import STATUSES

MOST = 10**9
STATUS_CHOICES = [(status, status.replace("_", " ")) for status in STATUSES]


def units(label: str = "Units", **options: Any) -> forms.IntegerField:  # noqa: ANN401 - what the field takes
    """Ask for a number of units."""
    return forms.IntegerField(label=label, min_value=options.pop("min_value", 1), max_value=MOST, **options)


def day(label: str, **options: Any) -> forms.DateField:  # noqa: ANN401 - what the field takes
    """Ask for a day."""
    shown = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=shown, input_formats=["%Y-%m-%d"], **options)


def reason(**options: Any) -> forms.CharField:  # noqa: ANN401 - what the field takes
    """Ask why."""
    return forms.CharField(label="Why", max_length=300, **options)


class CancelForm(forms.Form):
    """Units of a line that a customer no longer wants."""

    quantity = units("Units to cancel")
    why = reason(help_text="Stands in the story of the order.")


class ReceiveForm(forms.Form):
    """Units of an inbound line that came."""

    quantity = units("Units that came", help_text="More than ordered may come.")
    status = forms.ChoiceField(label="Put them in as", choices=STATUS_CHOICES)
    why = reason(required=False)


class ExpectForm(forms.Form):
    """Another day for an inbound line."""

    on = day("Expected on")
    source = forms.CharField(
        label="Who said so", max_length=100, help_text="As: mail of the supplier, carrier's tracking."
    )
    why = reason(required=False)


class GoneForm(forms.Form):
    """Units of an inbound line that will not come."""

    quantity = units("Units that will not come")
    why = reason()


class SplitForm(forms.Form):
    """An inbound line that comes on several days."""

    quantity_1 = units("First part, units")
    on_1 = day("First part, day")
    quantity_2 = units("Second part, units")
    on_2 = day("Second part, day")
    quantity_3 = units("Third part, units", required=False)
    on_3 = day("Third part, day", required=False)
    source = forms.CharField(label="Who said so", max_length=100)

    def clean(self) -> dict[str, Any]:
        """Want units and day of the third part together."""
        typed = super().clean() or self.cleaned_data
        if bool(typed.get("quantity_3")) != bool(typed.get("on_3")):
            message = "The third part needs both units and a day, or neither."
            raise forms.ValidationError(message)
        return typed


class PlaceForm(forms.Form):
    """Where stock lies."""

    sku = forms.CharField(label="Item", max_length=200)
    location = forms.ChoiceField(label="Location")
    status = forms.ChoiceField(label="Status", choices=STATUS_CHOICES)

    def __init__(self, *args: Any, locations: list[str], **named: Any) -> None:  # noqa: ANN401 - what the form takes
        super().__init__(*args, **named)
        places = self.fields["location"]
        assert isinstance(places, forms.ChoiceField)
        places.choices = [(code, code) for code in locations]


class CountForm(PlaceForm):
    """What a count found."""

    found = units("Units found", min_value=0)
    why = reason(help_text="As: yearly count, shelf check.")


class AdjustForm(PlaceForm):
    """Units that came back, or that must be written off."""

    quantity = units("Units", min_value=-MOST, help_text="Less than 0 takes them out.")
    why = reason()


class StatusForm(PlaceForm):
    """Units that are something else now."""

    to = forms.ChoiceField(label="Make them", choices=STATUS_CHOICES)
    quantity = units()
    why = reason()


class PolicyForm(forms.Form):
    """Rules as text, and when a changed day is told."""

    text = forms.CharField(
        label="Policy",
        required=False,
        strip=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 20, "spellcheck": "false", "class": "code"}),
        help_text="As in policy.toml. Blank means the defaults.",
    )
    hysteresis_days = forms.IntegerField(
        label="A day later is told from more days than", min_value=0, max_value=365
    )
    gain_days = forms.IntegerField(
        label="An earlier day is told from so many days on",
        required=False,
        min_value=1,
        max_value=365,
        help_text="Blank: an earlier day is never told.",
    )

    def clean_text(self) -> str:
        """Keep line ends as a file has them."""
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n")


class WhatIfInboundForm(forms.Form):
    """An inbound line, taken to be otherwise."""

    expected_on = day("Comes on")
    remaining = units("Units still to come", min_value=0)


class PublishForm(forms.Form):
    """Why rules are put in force, and what is agreed to in doing so."""

    why = reason(help_text="Stands in the journal.")
    despite = forms.CharField(
        label="Why a cap may be passed",
        max_length=300,
        required=False,
        help_text="Only if it passes a cap of the policy.",
    )
    anew = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def ask_anew(self) -> None:
        """Ask whether it is to be decided from the facts of now."""
        self.fields["anew"] = forms.BooleanField(
            label="Decide from the facts of now, though they lead elsewhere", required=False
        )


class HandleForm(forms.Form):
    """Units of a pick list."""

    quantity = units()
    why = reason(help_text="As: not on the shelf, broken.")

    def __init__(self, *args: Any, ask_why: bool, **named: Any) -> None:  # noqa: ANN401 - what the form takes
        super().__init__(*args, **named)
        if not ask_why:
            del self.fields["why"]


class ShipForm(forms.Form):
    """What leaves of an order, and by whom."""

    carrier = forms.CharField(label="Carrier", max_length=100, required=False)
    tracking_number = forms.CharField(label="Tracking number", max_length=100, required=False)
    tracking_link = forms.URLField(
        label="Link to follow it", max_length=2000, required=False, assume_scheme="https"
    )

    def __init__(self, *args: Any, releases: Sequence[Release], **named: Any) -> None:  # noqa: ANN401 - what the form takes
        super().__init__(*args, **named)
        for each in releases:
            self.fields[f"units_{each.pk}"] = units(
                f"Units of line {each.line.number}, {each.line.item.sku} at {each.location.code}",
                min_value=0,
                initial=each.quantity_open,
            )

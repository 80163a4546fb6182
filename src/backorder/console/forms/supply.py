"""What happens to supply: receipts, dates, counts."""

from __future__ import annotations

from typing import Any

from django import forms

from backorder.console.forms.fields import MOST, STATUS_CHOICES, ask_day, ask_place, ask_units, ask_why


class ReceiveForm(forms.Form):
    """Units of an inbound line that came."""

    quantity = ask_units("Units that came", help_text="More than ordered may come.")
    status = forms.ChoiceField(label="Put them in as", choices=STATUS_CHOICES)
    why = ask_why(required=False)


class ExpectForm(forms.Form):
    """Another day for an inbound line."""

    on = ask_day("Expected on")
    source = forms.CharField(
        label="Who said so", max_length=100, help_text="As: mail of the supplier, carrier's tracking."
    )
    why = ask_why(required=False)


class GoneForm(forms.Form):
    """Units of an inbound line that will not come."""

    quantity = ask_units("Units that will not come")
    why = ask_why()


class SplitForm(forms.Form):
    """An inbound line that comes on several days."""

    quantity_1 = ask_units("First part, units")
    on_1 = ask_day("First part, day")
    quantity_2 = ask_units("Second part, units")
    on_2 = ask_day("Second part, day")
    quantity_3 = ask_units("Third part, units", required=False)
    on_3 = ask_day("Third part, day", required=False)
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
    location = ask_place()
    status = forms.ChoiceField(label="Status", choices=STATUS_CHOICES)


class CountForm(PlaceForm):
    """What a count found."""

    found = ask_units("Units found", min_value=0)
    why = ask_why(help_text="As: yearly count, shelf check.")


class ReturnForm(PlaceForm):
    """Units that came back."""

    quantity = ask_units("Units that came back")
    why = ask_why()


class AdjustForm(PlaceForm):
    """Units that are there beyond the books, or missing from them."""

    quantity = ask_units("Units", min_value=-MOST, help_text="Less than 0 takes them out.")
    why = ask_why()


class StatusForm(PlaceForm):
    """Units that are something else now."""

    to = forms.ChoiceField(label="Make them", choices=STATUS_CHOICES)
    quantity = ask_units()
    why = ask_why()

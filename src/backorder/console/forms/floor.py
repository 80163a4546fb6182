"""What happens in the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from backorder.console.forms.fields import ask_units, ask_why
from backorder.fulfilment.models import Release

MISSING = "missing_"
"""Begins the name of a field that asks how many units of a component are missing; its id ends it."""


class HandleForm(forms.Form):
    """Units of a pick list."""

    quantity = ask_units()


class MissingForm(HandleForm):
    """Units of a pick list that were not found; of a kit, which of its components."""

    why = ask_why(help_text="As: not on the shelf, broken.")

    def __init__(self, *args: Any, release: Release, **named: Any) -> None:  # noqa: ANN401 - what the form takes
        super().__init__(*args, **named)
        parts = {part.level.item_id: part.level.item.sku for part in release.parts.all()}
        if set(parts) != {release.line.item_id}:
            for item, sku in parts.items():
                self.fields[f"{MISSING}{item}"] = ask_units(f"Missing of {sku}", min_value=0, initial=0)
            self.order_fields(["quantity", *(f"{MISSING}{item}" for item in parts)])

    def find_lost(self) -> dict[int, int] | None:
        """Find how many units of which component are missing; None if it is not made of any."""
        asked = [name for name in self.fields if name.startswith(MISSING)]
        lost = {int(name.removeprefix(MISSING)): self.cleaned_data[name] for name in asked}
        return {item: units for item, units in lost.items() if units} if asked else None


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
            self.fields[f"units_{each.pk}"] = ask_units(
                f"Units of line {each.line.number}, {each.line.item.sku} at {each.location.code}",
                min_value=0,
                initial=each.quantity_open,
            )
        self.order_fields([name for name in self.fields if name.startswith("units_")])

"""The fields that forms share."""

from __future__ import annotations

from typing import Any

from django import forms

from backorder.catalog.selectors import find_locations
from backorder.supply.models import STATUSES

MOST = 10**9
STATUS_CHOICES = [(status, status.replace("_", " ")) for status in STATUSES]


def ask_units(label: str = "Units", **options: Any) -> forms.IntegerField:  # noqa: ANN401 - what the field takes
    """Ask for a number of units."""
    return forms.IntegerField(label=label, min_value=options.pop("min_value", 1), max_value=MOST, **options)


def ask_day(label: str, **options: Any) -> forms.DateField:  # noqa: ANN401 - what the field takes
    """Ask for a day."""
    shown = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=shown, input_formats=["%Y-%m-%d"], **options)


def ask_place(label: str = "Location", anywhere: str = "") -> forms.ChoiceField:
    """Ask for a location; `anywhere` is what it is called not to name one, blank if one must be named."""

    def list_places() -> list[tuple[str, str]]:
        return [*([("", anywhere)] if anywhere else []), *((code, code) for code in sorted(find_locations()))]

    return forms.ChoiceField(label=label, choices=list_places, required=not anywhere)


def ask_why(**options: Any) -> forms.CharField:  # noqa: ANN401 - what the field takes
    """Ask why."""
    return forms.CharField(**{"label": "Why", "max_length": 300, **options})


class CodeField(forms.CharField):
    """A code in capital letters, which may be typed in any case."""

    def clean(self, value: Any) -> str:  # noqa: ANN401 - whatever was sent
        """Take its letters as capitals."""
        return str(super().clean(value)).upper()


class FileText(forms.CharField):
    """A text as it stands in a file, in a field with many rows."""

    def __init__(self, label: str, rows: int) -> None:
        """Lay it out in so many rows; blank stands for the defaults."""
        look = {"rows": rows, "spellcheck": "false", "class": "code"}
        super().__init__(
            label=label,
            required=False,
            strip=False,
            max_length=100_000,
            widget=forms.Textarea(attrs=look),
            help_text="Blank: the defaults.",
        )

    def clean(self, value: Any) -> str:  # noqa: ANN401 - whatever was sent
        """Keep line ends as a file has them."""
        return str(super().clean(value)).replace("\r\n", "\n")

"""Other rules, other days, and putting them in force; what is sold when nothing is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms

from backorder.catalog.models import Acceptance
from backorder.catalog.selectors import find_channels, find_customer_classes
from backorder.console.forms.fields import MOST, FileText, ask_day, ask_units, ask_why


class PolicyForm(forms.Form):
    """Rules as text, and when a changed day is told."""

    text = FileText("Policy", rows=20)
    hysteresis_days = forms.IntegerField(
        label="Tell of a later day if it is later by more than so many days", min_value=0, max_value=365
    )
    gain_days = forms.IntegerField(
        label="Tell of an earlier day if it is earlier by at least so many days",
        required=False,
        min_value=1,
        max_value=365,
        help_text="Blank: an earlier day is never told.",
    )


class WhatIfInboundForm(forms.Form):
    """An inbound line, taken to be otherwise."""

    expected_on = ask_day("Comes on")
    remaining = ask_units("Units still to come", min_value=0)


class PublishForm(forms.Form):
    """Why rules are put in force, and what is agreed to in doing so."""

    why = ask_why(help_text="Stands in the journal.")
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


NO_RULE = "no_rule"
SOLD = [
    (Acceptance.NONE, "only what is on hand"),
    (Acceptance.CAPPED, "on hand, and so many that wait"),
    (Acceptance.INBOUND_ONLY, "on hand, and what comes within some days"),
    (Acceptance.OPEN, "all that is asked for"),
    (NO_RULE, "no rule: drop this one"),
]
OF = [("item", "this item"), ("all", "every item that has no rule of its own")]
OWN = {"cap": Acceptance.CAPPED, "horizon_days": Acceptance.INBOUND_ONLY}
"""What belongs to one rule alone."""


def ask_code(label: str, find: Callable[[], Iterable[str]], every: str) -> forms.ChoiceField:
    """Ask for a channel or a class; none stands for every one."""

    def list_codes() -> list[tuple[str, str]]:
        return [("", every), *((code, code) for code in sorted(find()))]

    return forms.ChoiceField(label=label, choices=list_codes, required=False)


def ask_days(label: str, **options: Any) -> forms.IntegerField:  # noqa: ANN401 - what the field takes
    """Ask for a number of days."""
    return forms.IntegerField(label=label, min_value=0, max_value=MOST, required=False, **options)


class AcceptanceForm(forms.Form):
    """How much beyond what is on hand may be ordered, of what, where and by whom."""

    of = forms.ChoiceField(label="Of", choices=OF)
    channel = ask_code("Through channel", find_channels, "every channel")
    customer_class = ask_code("For class", find_customer_classes, "every class")
    rule = forms.ChoiceField(label="Is sold", choices=SOLD)
    cap = ask_units(
        "Units that may wait",
        min_value=0,
        required=False,
        help_text="Only with so many that wait; those that wait already count.",
    )
    horizon_days = ask_days("Within so many days", help_text="Only with what comes within some days.")
    longest_wait_days = ask_days(
        "Longest wait in days",
        help_text="From the day they are wanted; units that would come later are refused. Blank: as long as it takes.",
    )
    why = ask_why(help_text="Stands in the journal.")

    def clean(self) -> dict[str, Any]:
        """Ask for what the rule needs, and drop what it has no use for."""
        typed = super().clean() or {}
        for name, rule in OWN.items():
            if typed.get("rule") != rule:
                typed[name] = None
            elif typed.get(name) is None and name not in self.errors:
                self.add_error(name, "Say how many.")
        return typed

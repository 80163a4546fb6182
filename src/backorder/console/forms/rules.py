"""Other rules, other days, and putting them in force."""

from __future__ import annotations

from django import forms

from backorder.console.forms.fields import FileText, ask_day, ask_units, ask_why


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

"""How letters of each kind read, in each language, by the rules of the house as they are now."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from backorder.care.house import read_house
from backorder.care.letters.pieces import LetterError
from backorder.care.letters.speech import NAMES
from backorder.care.post.rules import TOLD
from backorder.care.samples.writing import write_sample
from backorder.console.access import signed_in
from backorder.faults import FaultyInputError


class SampleForm(forms.Form):
    """Which letter is shown."""

    kind = forms.ChoiceField(label="What it tells", choices=list(TOLD.items()))
    language = forms.ChoiceField(label="Language", choices=list(NAMES.items()))


@require_GET
@signed_in
def show_sample(request: HttpRequest) -> HttpResponse:
    """Show a letter about an order that was never made."""
    first = {"kind": next(iter(TOLD)), "language": read_house().language}
    form = SampleForm({**first, **request.GET.dict()})
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        kind, language = form.cleaned_data["kind"], form.cleaned_data["language"]
        context["tells"] = TOLD[kind]
        try:
            context["letter"] = write_sample(kind, language, timezone.now())
        except (LetterError, FaultyInputError) as error:
            context["fault"] = str(error)
    return render(request, "console/sample.html", context)

"""A person: all that is kept of them as a file, and erased. For admins alone."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from backorder.accounts.roles import PEOPLE
from backorder.care.persons.erasing import erase, list_reasons
from backorder.care.persons.exporting import export
from backorder.care.persons.find import Asked, Person, find_person
from backorder.console.access import may_change, name_cause
from backorder.orders.services import OrderError

MEANT = "Tick that they are meant: it cannot be undone."


def find(code: str) -> Person:
    """Find a person by the code of a customer. Raises Http404."""
    try:
        return find_person(Asked(code=code))
    except OrderError as error:
        message = f"There is no customer {code}."
        raise Http404(message) from error


@require_http_methods(["GET", "POST"])
@may_change(PEOPLE)
def erase_person(request: HttpRequest, code: str) -> HttpResponse:
    """Say who would be erased and what stands against it, and erase them once that is confirmed."""
    person, fault = find(code), ""
    if request.method == "POST":
        if request.POST.get("meant") != "yes":
            fault = MEANT
        else:
            try:
                erase(Asked(code=code), name_cause(request, request.POST.get("why", "").strip()[:200]))
            except OrderError as error:
                fault = str(error)
            else:
                messages.success(request, "They are erased. Backups hold them until they are replaced.")
                return redirect("call")
    context = {
        "code": code,
        "person": person,
        "reasons": list(list_reasons(person, timezone.now())),
        "fault": fault,
    }
    return render(request, "console/person.html", context, status=422 if fault else 200)


@require_POST
@may_change(PEOPLE)
def export_person(request: HttpRequest, code: str) -> HttpResponse:
    """Give all that is kept of a person as a file."""
    find(code)
    response = HttpResponse(export(Asked(code=code), name_cause(request)), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="person.zip"'
    response["Cache-Control"] = "no-store"
    return response

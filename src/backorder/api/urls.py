"""What answers below `/api/v1/`: every endpoint, its description, and for all else a problem."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt

from backorder.api.application import api
from backorder.api.problems import NOTHING, describe, describe_error
from backorder.api.reference import show_reference

MOST_BYTES = 1_048_576
View = Callable[..., Any]


def guard(view: View) -> View:
    """Refuse a body that is too large or no JSON, and turn what Django would say into a problem."""

    @wraps(view)
    def run(request: HttpRequest, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as Django calls it
        if refused := refuse_body(request):
            return refused
        try:
            response = view(request, *given, **named)
        except Exception as error:  # noqa: BLE001 - whatever it is, the program gets a problem, the log the rest
            return describe_error(request, error)
        if isinstance(response, HttpResponseNotAllowed):
            told = describe("method-not-allowed", f"{request.method} is not done here")
            told["Allow"] = response["Allow"]
            return told
        return response

    return run


def refuse_body(request: HttpRequest) -> HttpResponse | None:
    """Say what is wrong with a body before it is read; None if nothing is."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return describe("too-large", f"a body has at most {MOST_BYTES:,} bytes")
    if int(length) > 0 and request.content_type != "application/json":
        return describe("not-json", f"the body is {request.content_type or 'of no named type'}")
    return None


@csrf_exempt
def refuse_address(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Answer where nothing is."""
    return describe("not-found", NOTHING)


def build() -> tuple[list[URLPattern], str, str]:
    """Put the addresses together."""
    patterns, app, namespace = api.urls
    guarded = [pattern for pattern in patterns if isinstance(pattern, URLPattern)]
    assert len(guarded) == len(patterns)
    for pattern in guarded:
        pattern.callback = guard(pattern.callback)
    reference = path("docs", show_reference, name="reference")
    return [*guarded, reference, re_path(r"", refuse_address)], app, namespace


urls = build()

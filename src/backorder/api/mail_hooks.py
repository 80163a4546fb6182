"""What providers of mail tell: what became of our messages, and the mails that answer them. Anymail reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import AnymailEvent
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from backorder.care.replies.arrivals import NotEndedError

MOST_BYTES = 26 * 1024 * 1024
"""As large as a mail may be at most providers: customers send photographs."""
KINDS = ("tracking", "inbound")
NONSENSE = (ValueError, LookupError, TypeError, AttributeError, AnymailError, ImproperlyConfigured)
"""What Anymail raises for what it cannot read."""


@csrf_exempt
@require_POST
def hear_mail(request: HttpRequest, provider: str, kind: str) -> HttpResponse:
    """Hear what a provider of mail tells: with a secret in force, else it is refused and nothing is noted."""
    view = find_view(provider, kind)
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return HttpResponse("that is too long for a mail\n", "text/plain", 413)
    request._body = body  # noqa: SLF001 - Django's own limit is that of a form, and Anymail reads it from here
    try:
        view.run_validators(request)
        events = view.parse_events(request)
    except AnymailWebhookValidationFailure as error:
        return HttpResponse(f"{error}\n", "text/plain", 400)
    except NONSENSE as error:
        return HttpResponse(f"that is nothing that {provider} tells: {error!r}\n", "text/plain", 400)
    return note_events(view, events)


def note_events(view: Any, events: Iterable[AnymailEvent]) -> HttpResponse:  # noqa: ANN401 - a view of Anymail
    """Note each event; if one must be told again, all are, and those that are known change nothing."""
    early = ""
    for event in events:
        try:
            view.signal.send(sender=type(view), event=event, esp_name=view.esp_name)
        except NotEndedError as error:
            early = str(error)
    return HttpResponse(f"{early or 'heard'}\n", "text/plain", 503 if early else 200)


def find_view(provider: str, kind: str) -> Any:  # noqa: ANN401 - a view of Anymail
    """Find who reads what a provider tells. Raises Http404, also while no secret is set."""
    message = "Nothing is heard here: no secret of a provider of mail is set, or it is none that is known."
    if kind not in KINDS or not settings.ANYMAIL["WEBHOOK_SECRET"]:
        raise Http404(message)
    path = f"/{provider}/" if provider == "mandrill" else f"/{provider}/{kind}/"
    try:
        return resolve(path, "anymail.urls").func.view_class()  # type: ignore[attr-defined] # of a view that is a class
    except Resolver404:
        raise Http404(message) from None

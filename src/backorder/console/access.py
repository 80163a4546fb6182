"""Who may see a page and who may change what it shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from backorder.accounts.selectors import list_rights
from backorder.outbox.services import Cause

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

signed_in = login_required
"""Only for those who are signed in; others are led to the sign-in page and back."""


def refuse_role(request: HttpRequest, *what: str) -> None:
    """Raise PermissionDenied for whoever may change none of these."""
    if list_rights(request.user).isdisjoint(what):
        message = f"Your role may not change {' or '.join(what)}. Somebody who is planner or admin may."
        raise PermissionDenied(message)


def may_change(what: str) -> Callable[[View[P]], View[P]]:
    """Show a view only to those whose role may change this."""

    def decorate(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def ask_first(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            refuse_role(request, what)
            return view(request, *args, **kwargs)

        return ask_first

    return decorate


def name_cause(request: HttpRequest, why: str = "") -> Cause:
    """Name who makes a change on a page, now."""
    assert isinstance(request.user, User)
    return Cause(request.user.username, timezone.now(), why)

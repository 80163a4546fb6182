"""Who asks, and whether they may."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from backorder.access.models import Key
from backorder.access.services import recognise_key
from backorder.api.problems import ProblemError


class BearerKey(HttpBearer):
    """The secret of a key, in the header `Authorization: Bearer`."""

    def __init__(self, scope: str) -> None:
        """Name the scope that the key must have."""
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Key | None:  # noqa: ARG002 - ninja gives it
        """Find the key; None if it is not known. Raises ProblemError if it lacks the scope."""
        key = recognise_key(token, timezone.localdate())
        if key is not None and self.scope not in key.scopes:
            raise ProblemError("missing-scope", f"this needs a key with the scope {self.scope}")
        return key

"""Where a request came from."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def find_address(request: HttpRequest) -> str:
    """Find where a request came from; behind a server that speaks HTTPS, what that server added last to X-Forwarded-For."""
    told = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.HTTPS else ""
    return told.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")

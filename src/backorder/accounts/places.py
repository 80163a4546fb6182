"""Where a request came from."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

PREFIX = 64


def find_address(request: HttpRequest) -> str:
    """Find where a request came from; behind a server that speaks HTTPS, what that server added last to X-Forwarded-For."""
    told = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.HTTPS else ""
    return told.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def find_network(request: HttpRequest) -> str:
    """Find from which network a request came: whoever has one address of version 6 has 2^64 of them."""
    address = find_address(request)
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(ip_network(f"{address}/{PREFIX}", strict=False))  # noqa: PLR2004 - of the protocol

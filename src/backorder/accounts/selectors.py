"""Reading who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.postgres.aggregates import StringAgg

from backorder.accounts.models import Attempt
from backorder.accounts.roles import ROLES

SIGN_IN = "sign-in"
WINDOW = timedelta(minutes=15)
MOST_OF_ADDRESS, MOST_OF_NAME = 5, 50
"""Wrong passwords for one name: from one address, and from all. The second is wide, or a stranger could lock anybody out."""


@dataclass(frozen=True)
class Person:
    """A user as lists show them."""

    name: str
    role: str
    active: bool
    last_seen: datetime | None


def list_people() -> list[Person]:
    """List all users by name."""
    rows = User.objects.annotate(role=StringAgg("groups__name", ", ", default="")).order_by("username")
    return [Person(user.username, user.role, user.is_active, user.last_login) for user in rows]


def has_users() -> bool:
    """Tell whether anybody was ever let in."""
    return User.objects.exists()


def list_rights(user: AbstractBaseUser | AnonymousUser) -> frozenset[str]:
    """List what a user may change; asked once a request."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    known: frozenset[str] | None = getattr(user, "rights", None)
    if known is None:
        groups = user.groups.values_list("name", flat=True)
        known = frozenset[str]().union(*(ROLES.get(name, frozenset()) for name in groups))
        user.rights = known  # type: ignore[attr-defined] # kept for the rest of the request
    return known


def find_opening(name: str, address: str, now: datetime, what: str = SIGN_IN) -> datetime | None:
    """Find when a door opens again for a name that was tried too often; None if it is open."""
    tried = Attempt.objects.filter(what=what, name=name, at__gt=now - WINDOW)
    tries = list(tried.order_by("-at").values_list("address", "at"))
    here = [at for other, at in tries if other == address]
    if len(here) >= MOST_OF_ADDRESS:
        return here[MOST_OF_ADDRESS - 1] + WINDOW
    return tries[MOST_OF_NAME - 1][1] + WINDOW if len(tries) >= MOST_OF_NAME else None

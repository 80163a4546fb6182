"""What people keep for themselves. No facts of the shop, so nothing for its journal."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.db.models import QuerySet

from backorder.console.models import SavedView

LONGEST_NAME, LONGEST_QUERY = 60, 1_000


class ViewError(ValueError):
    """A view that cannot be kept; the text says why."""


@transaction.atomic
def save_view(user: AbstractBaseUser | AnonymousUser, name: str, query: str) -> None:
    """Keep a view under a name; one of the same name is replaced. Raises ViewError."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or len(query) > LONGEST_QUERY:
        message = f"A view needs a name of 1 to {LONGEST_NAME} characters."
        raise ViewError(message)
    SavedView.objects.update_or_create(user_id=int(user.pk or 0), name=name, defaults={"query": query})


@transaction.atomic
def remove_view(user: AbstractBaseUser | AnonymousUser, view: int) -> None:
    """Keep a view of one's own no longer."""
    SavedView.objects.filter(user_id=int(user.pk or 0), pk=view).delete()


def list_views(user: AbstractBaseUser | AnonymousUser) -> QuerySet[SavedView]:
    """List the views that somebody keeps, by name."""
    return SavedView.objects.filter(user_id=int(user.pk or 0)).order_by("name")

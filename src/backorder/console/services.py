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
    name = check_name(name)
    if len(query) > LONGEST_QUERY:
        message = f"A view asks for at most {LONGEST_QUERY:,} characters; ask for less."
        raise ViewError(message)
    SavedView.objects.update_or_create(user_id=int(user.pk or 0), name=name, defaults={"query": query})


@transaction.atomic
def rename_view(user: AbstractBaseUser | AnonymousUser, view: int, name: str) -> None:
    """Give a view of one's own another name. Raises ViewError if another one has it."""
    name = check_name(name)
    views = list_views(user)
    if views.filter(name=name).exclude(pk=view).exists():
        message = f"You keep a view {name} already. Nothing was changed."
        raise ViewError(message)
    views.filter(pk=view).update(name=name)


@transaction.atomic
def remove_view(user: AbstractBaseUser | AnonymousUser, view: int) -> None:
    """Keep a view of one's own no longer."""
    SavedView.objects.filter(user_id=int(user.pk or 0), pk=view).delete()


def check_name(name: str) -> str:
    """Give the name of a view without blanks around it. Raises ViewError."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        message = f"A view needs a name of 1 to {LONGEST_NAME} characters."
        raise ViewError(message)
    return name


def list_views(user: AbstractBaseUser | AnonymousUser) -> QuerySet[SavedView]:
    """List the views that somebody keeps, by name."""
    return SavedView.objects.filter(user_id=int(user.pk or 0)).order_by("name")

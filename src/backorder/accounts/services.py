"""Changes of who may sign in. Each is one function, one transaction and one entry of the journal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from backorder.accounts.models import Attempt
from backorder.accounts.roles import find_fault
from backorder.accounts.selectors import SIGN_IN, WINDOW
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause, write

LONGEST_NAME = 150
TAKEN = frozenset({"autopilot", "bench", "clock", "command line", "customer", "system"})
"""Who makes changes without a user: in the journal nobody else may look like them."""


class AccountError(ValueError):
    """A change that is not possible; the text says why."""


@transaction.atomic
def add_user(name: str, role: str, password: str, cause: Cause) -> Entry:
    """Let somebody sign in, also one who was removed. Raises AccountError."""
    refuse(
        not name or len(name) > LONGEST_NAME or not name.isprintable(),
        "a name has 1 to 150 characters that can be seen",
    )
    refuse_taken(name)
    refuse_unknown_role(role)
    user = User.objects.select_for_update().filter(username=name).first() or User(
        username=name, is_active=False
    )
    refuse(user.is_active, f"there is a user {name} already")
    check_password(password, user)
    user.set_password(password)
    user.is_active = True
    user.save()
    set_role(user, role)
    return write(cause, "user.added", [("user", name)], {"role": role})


@transaction.atomic
def change_role(name: str, role: str, cause: Cause) -> Entry | None:
    """Give a user another role, from the next page on; None if it is so already. Raises AccountError."""
    refuse_unknown_role(role)
    user = lock_user(name)
    was = list(user.groups.values_list("name", flat=True))
    if was == [role]:
        return None
    set_role(user, role)
    return write(cause, "user.role", [("user", name)], {"from": ", ".join(was), "to": role})


@transaction.atomic
def change_password(name: str, password: str, cause: Cause) -> Entry:
    """Give a user another password; who is signed in with the old one is signed out. Raises AccountError."""
    user = lock_user(name)
    check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    return write(cause, "user.password", [("user", name)])


@transaction.atomic
def remove_user(name: str, cause: Cause) -> Entry:
    """Let a user no longer sign in; the journal keeps the name. Raises AccountError."""
    user = lock_user(name)
    user.is_active = False
    user.save(update_fields=["is_active"])
    return write(cause, "user.removed", [("user", name)])


@transaction.atomic
def note_failure(name: str, address: str, now: datetime, what: str = SIGN_IN) -> None:
    """Remember that somebody did not get in by a door, and forget what no longer counts."""
    forget_attempts(now)
    Attempt.objects.create(what=what, name=name, address=address, at=now)


def forget_attempts(now: datetime) -> None:
    """Forget the attempts that count no longer, also where nobody tries any more."""
    Attempt.objects.filter(at__lte=now - WINDOW).delete()


def forget_typed(is_theirs: Callable[[str], bool]) -> None:
    """Forget the attempts under what somebody typed, and that is about somebody who is erased."""
    typed = Attempt.objects.values_list("name", flat=True).distinct()
    Attempt.objects.filter(name__in=[name for name in typed if is_theirs(name)]).delete()


def set_role(user: User, role: str) -> None:
    """Give a user one role and no other."""
    user.groups.set([Group.objects.get_or_create(name=role)[0]])


def lock_user(name: str) -> User:
    """Read a user who may sign in, so that nobody else changes it. Raises AccountError."""
    user = User.objects.select_for_update().filter(username=name, is_active=True).first()
    if user is None:
        message = f"there is no user {name} who may sign in"
        raise AccountError(message)
    return user


def refuse_taken(name: str) -> None:
    """Raise AccountError for a name that the journal uses for somebody else."""
    plain = " ".join(name.casefold().split())
    taken = plain in TAKEN or plain.startswith("key ") or plain.endswith(" on the command line")
    refuse(taken, f"the journal calls something else {name}; choose another name")


def refuse_unknown_role(role: str) -> None:
    """Raise AccountError for a role that there is not."""
    fault = find_fault(role)
    refuse(bool(fault), fault)


def check_password(password: str, user: User) -> None:
    """Raise AccountError for a password that is easily guessed."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AccountError(" ".join(error.messages)) from error


def refuse(wrong: bool, message: str) -> None:  # noqa: FBT001 - what is wrong, then what to say
    """Raise AccountError."""
    if wrong:
        raise AccountError(message)

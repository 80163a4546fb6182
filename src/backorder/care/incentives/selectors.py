"""Reading what was decided by rules that thank."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from backorder.care.house import read_house
from backorder.care.incentives.alone import SHADOW
from backorder.care.models import Thanks
from backorder.faults import FaultyInputError
from backorder.outbox.models import Entry, Subject


def list_running(today: date) -> list[str]:
    """List the names of the rules that give something on a day of the shop: none if nobody can read the house any more."""
    try:
        rules = read_house().incentives
    except FaultyInputError:  # the pages of orders say so where they say what the law asks
        return []
    return [rule.name for rule in rules if rule.runs(today)]


def read_thanks() -> QuerySet[Thanks]:
    """Read what was decided, with whose order it is and who did."""
    return Thanks.objects.select_related("order", "version", "entry")


def list_decided() -> QuerySet[Thanks]:
    """List what was decided, the last first."""
    return read_thanks().order_by("-id")


def list_known_rules() -> list[str]:
    """List the names of the rules by which anything was ever decided."""
    return list(Thanks.objects.order_by("rule").values_list("rule", flat=True).distinct())


def list_shadows(rules: Sequence[str]) -> list[tuple[str, Entry]]:
    """List what was noted last of each of some rules in the shadow, by name."""
    noted = Subject.objects.filter(kind="incentive", key__in=rules, entry__what=SHADOW)
    last = noted.order_by("key", "-entry").distinct("key").select_related("entry")
    return [(subject.key, subject.entry) for subject in last]

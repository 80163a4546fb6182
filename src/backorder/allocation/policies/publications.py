"""Policies: versions that only come to be, and publications, of which the last is in force."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Max

from backorder.allocation.models import PolicyVersion, Publication
from backorder.allocation.policies.terms import Terms
from backorder.engine.allocation import Policy, PolicyError
from backorder.outbox.models import Entry
from backorder.policy_text import read_policy_text

__all__ = ["Draft", "PolicyError", "parse", "read_policy_in_force", "read_terms", "write_version"]


@dataclass(frozen=True)
class Draft:
    """Rules that somebody wants to put in force. Text in the schema of policy.toml; blank: the defaults."""

    text: str
    hysteresis_days: int = 0
    gain_days: int | None = None


def read_terms() -> Terms:
    """Read what is in force; before the first publication the defaults are."""
    last = Publication.objects.select_related("version").order_by("-id").first()
    if last is None:
        return Terms(parse(""))
    return Terms(parse(last.version.text), last.version_id, last.hysteresis_days, last.gain_days)


def read_policy_in_force() -> Policy:
    """Read the policy in force."""
    return read_terms().policy


@lru_cache(maxsize=64)
def parse(text: str) -> Policy:
    """Read a policy, once for each text. Raises FaultyInputError with every fault."""
    return read_policy_text(text)


def write_version(text: str, entry: Entry) -> PolicyVersion:
    """Give a text a number, or find the version that it has already."""
    known = PolicyVersion.objects.filter(text=text).order_by("-number").first()
    if known is not None:
        return known
    last = PolicyVersion.objects.aggregate(last=Max("number"))["last"] or 0
    return PolicyVersion.objects.create(number=last + 1, text=text, entry=entry)

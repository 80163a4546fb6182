"""Policies: the rules by which everything is decided, their versions, and which one was in force when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from ninja import Query
from pydantic import BeforeValidator, Field

from backorder.allocation.models import PolicyVersion, Publication
from backorder.allocation.policies.publications import Draft
from backorder.allocation.selectors.rules import read_publications, read_versions
from backorder.allocation.what_if.publishing import Consent, publish_policy, roll_back
from backorder.api.endpoints.show_run import Decided, tell_decided
from backorder.api.nouns import Act, Noun
from backorder.api.pages import Asked, Page, take_page
from backorder.api.problems import require
from backorder.api.values import Instant, Number, Reason, Sent, Shown, drop_point

policies = Noun("policies", "plans")
MOST_DAYS = 3_650
Text = Annotated[
    str,
    Field(
        max_length=200_000,
        pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$",
        description="Rules in the form of policy.toml; blank: the defaults.",
    ),
]
Hysteresis = Annotated[
    int,
    Field(strict=True, ge=0, le=MOST_DAYS, description="A day later by so many or fewer is not told."),
    BeforeValidator(drop_point),
]
Gain = Annotated[
    int,
    Field(strict=True, ge=1, le=MOST_DAYS, description="A day earlier by so many or more is told too."),
    BeforeValidator(drop_point),
]
Despite = Annotated[Reason, Field(description="Why a cap on changes may be passed; blank: it may not be.")]


class ShownVersion(Shown):
    """A version of the rules. It never changes; another is written after it."""

    version: int
    text: str
    at: Instant
    who: str
    why: str


class ShownPublication(Shown):
    """A version was put in force. The last one is in force."""

    publication: int
    version: int
    hysteresis_days: int
    gain_days: int | None
    at: Instant
    who: str
    why: str
    what: str = Field(description="As policy.published, policy.rolled_back or simulation.published.")


class InForce(Shown):
    """The rules that are in force."""

    version: int | None = Field(description="Null: nothing was published, so the defaults are.")
    text: str
    hysteresis_days: int
    gain_days: int | None
    publication: ShownPublication | None


class NewPolicy(Sent):
    """Rules to put in force."""

    text: Text
    hysteresis_days: Hysteresis = 0
    gain_days: Gain | None = None
    despite: Despite = ""
    why: Reason = ""


class Again(Sent):
    """An earlier version is to be in force again."""

    despite: Despite = ""
    why: Reason = ""


@policies.reads("/policies", Page[ShownVersion])
def list_policies(asked: Query[Asked]) -> Page[ShownVersion]:
    """List the versions of the rules, the last one first."""
    return take_page(read_versions(), "-id", asked, show_versions)


@policies.changes("/policies", Decided)
def publish_rules(act: Act, policy: NewPolicy) -> Decided:
    """Put rules in force and decide everything by them. With `preview` you are told how they would do."""
    draft = Draft(policy.text, policy.hysteresis_days, policy.gain_days)
    return tell_decided(act, publish_policy(draft, act.cause(policy.why), Consent(despite=policy.despite)))


@policies.reads("/policies/in-force", InForce)
def get_policy_in_force() -> InForce:
    """Show the rules that are in force."""
    last = read_publications().order_by("-id").first()
    if last is None:
        return InForce(version=None, text="", hysteresis_days=0, gain_days=None, publication=None)
    return InForce(
        version=last.version.number,
        text=last.version.text,
        hysteresis_days=last.hysteresis_days,
        gain_days=last.gain_days,
        publication=show_publications([last])[0],
    )


@policies.reads("/policies/{version}", ShownVersion)
def get_policy(version: Number) -> ShownVersion:
    """Show a version of the rules."""
    return show_versions([require(read_versions().filter(number=version).first())])[0]


@policies.reads("/publications", Page[ShownPublication])
def list_publications(asked: Query[Asked]) -> Page[ShownPublication]:
    """List which version was put in force when, the last one first."""
    return take_page(read_publications(), "-id", asked, show_publications)


@policies.changes("/publications/{publication}/roll-backs", Decided)
def roll_rules_back(act: Act, publication: Number, again: Again) -> Decided:
    """Put a version in force again as it was published then, and decide everything by it. What was promised stays promised."""
    found = require(read_publications().filter(pk=publication).first())
    return tell_decided(act, roll_back(found, act.cause(again.why), Consent(despite=again.despite)))


def show_versions(rows: Sequence[PolicyVersion]) -> list[ShownVersion]:
    """Show versions."""
    return [
        ShownVersion(version=row.number, text=row.text, at=row.entry.at, who=row.entry.who, why=row.entry.why)
        for row in rows
    ]


def show_publications(rows: Sequence[Publication]) -> list[ShownPublication]:
    """Show publications."""
    return [
        ShownPublication(
            publication=row.pk,
            version=row.version.number,
            hysteresis_days=row.hysteresis_days,
            gain_days=row.gain_days,
            at=row.entry.at,
            who=row.entry.who,
            why=row.entry.why,
            what=row.entry.what,
        )
        for row in rows
    ]

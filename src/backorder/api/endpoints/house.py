"""The rules of the house: where it sells from, who buys as a business, how letters are written and go out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from backorder.api.endpoints.noted import Noted, note
from backorder.api.nouns import Act, Noun
from backorder.api.values import Instant, Reason, Sent, Shown
from backorder.care.house import find_version, write_house

# As on the console: who writes to customers does not say what rules write without anybody. It is a policy.
house = Noun("house", "plans")


class HouseRules(Shown):
    """The rules of the house in force."""

    version: int | None = Field(description="Null: nothing was written, so the defaults are in force.")
    text: str
    at: Instant | None
    who: str
    why: str


class NewHouseRules(Sent):
    """Rules of the house to put in force."""

    text: Annotated[
        str,
        Field(
            max_length=200_000,
            pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$",
            description="Rules in the form of house.toml; blank: the defaults.",
        ),
    ]
    why: Reason = ""


@house.reads("/house", HouseRules)
def get_house() -> HouseRules:
    """Show the rules of the house in force."""
    last = find_version()
    if last is None:
        return HouseRules(version=None, text="", at=None, who="", why="")
    return HouseRules(
        version=last.number, text=last.text, at=last.entry.at, who=last.entry.who, why=last.entry.why
    )


@house.changes("/house", Noted, method="PUT")
def put_house(act: Act, rules: NewHouseRules) -> Noted:
    """Put rules of the house in force, as a new version; all who wait are looked at again by them."""
    version = write_house(rules.text, act.cause(rules.why))
    return note(act, version.entry if version else None)

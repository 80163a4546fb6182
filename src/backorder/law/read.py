"""Reads the text of a pack, or names every key that is wrong with it."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from backorder.engine.consent import CONTENT, SHIP_TO, NoticeRule, Pack, PackError, RefundRule
from backorder.engine.consent.pack import BUYERS, MOMENTS, Begin, End, Missed, Silence
from backorder.faults import Faults, show_typed, suggest
from backorder.law.calendars import knows_holidays
from backorder.policy_text.section import Section, open_text

NEEDED = ("name", "title", "law", "caution")
FIRST = 1


def read_pack(text: str, file: str) -> Pack:
    """Read a pack. Raises FaultyInputError with every fault."""
    faults = Faults()
    root = open_text(text, file, faults)
    faults.raise_if_any()
    fields = read_fields(root)
    faults.raise_if_any()
    try:
        return Pack(**fields)
    except PackError as error:
        faults.add(file, str(error))
        faults.raise_if_any()
        raise


def read_fields(root: Section) -> dict[str, Any]:
    """Take every key of the file, as the fields of a pack."""
    fields: dict[str, Any] = {name: root.text(name) for name in NEEDED}
    for name in NEEDED:
        if not fields[name]:
            root.fault(name, "is missing")
    if "version" not in root.names():
        root.fault("version", "is missing")
    fields["version"] = root.whole("version", FIRST, FIRST)
    fields["effective_on"] = take_day(root, "effective_on")
    fields["regions"] = frozenset(root.texts("regions") or ())
    fields["buyers"] = root.words("buyers", BUYERS) or frozenset(BUYERS)
    fields["by_seller"] = root.flag("by_seller", default=False)
    fields["unverified"] = root.texts("unverified") or ()
    fields["holidays"] = root.text("holidays")
    if fields["holidays"] not in ("", SHIP_TO) and not knows_holidays(fields["holidays"]):
        root.fault("holidays", f"{show_typed(fields['holidays'])} is no country whose holidays are known")
    for name, read in (
        ("clock", read_clock),
        ("refund", read_refund),
        ("notice", read_notice),
        ("express", read_express),
    ):
        section = root.section(name)
        fields |= read(section)
        section.finish()
    fields["places"] = read_places(root.section("places"))
    root.finish()
    return fields


def read_clock(section: Section) -> dict[str, Any]:
    """Take what the clock counts."""
    return {
        "runs_to": section.word("runs_to", get_args(End), "shipment"),
        "starts": section.word("starts", get_args(Begin), "payable"),
        "days": section.whole("days", None),
        "credit_days": section.whole("credit_days", None),
        "near_days": section.whole("near_days", None),
        "open_wait": section.flag("open_wait", default=False),
        "missed": section.word("missed", get_args(Missed), "period"),
    }


def read_refund(section: Section) -> dict[str, Any]:
    """Take by when money goes back."""
    return {"refund": RefundRule(section.whole("working_days", None), section.whole("calendar_days", None))}


def read_express(section: Section) -> dict[str, Any]:
    """Take within how many days a line ships for which express shipping is charged."""
    return {"express_days": section.whole("working_days", None)}


def read_notice(section: Section) -> dict[str, Any]:
    """Take what notices must say and what silence means."""
    given = set(section.names())
    rules = {name: read_rule(section.section(name)) for name in ("near", "far", "renewed")}
    return {
        "lead_days": section.whole("lead_days", 5),
        "needs_day": section.flag("needs_day", default=False),
        **{name: rule for name, rule in rules.items() if name in given or name == "near"},
    }


def read_rule(section: Section) -> NoticeRule:
    """Take the rule of one kind of notice."""
    silence: Any = section.word("silence", get_args(Silence), "nothing")
    must_say, without_day = (section.words(name, tuple(CONTENT)) for name in ("must_say", "without_day"))
    rule = NoticeRule(silence, must_say, without_day)
    section.finish()
    return rule


def read_places(section: Section) -> dict[str, str]:
    """Take where in the law each rule stands."""
    found = {}
    for name in section.names():
        if name not in MOMENTS:
            section.fault(name, f"there is no such rule{suggest(name, MOMENTS)}")
        found[name] = section.text(name)
    return found


def take_day(section: Section, name: str) -> date:
    """Take a day, which must be there."""
    value = section.take(name)
    if type(value) is date:
        return value
    section.fault(name, "is missing" if value is None else f"{show_typed(value)} is not a day, as 2026-11-24")
    return date.min

"""The rules of the house as text: where the seller is, who buys as a business, how long parcels travel, how letters go out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django.db import connection, transaction

from backorder.care.clock.rules import Cancelling, read_cancelling
from backorder.care.copies.rules import Texts, read_texts
from backorder.care.feedback.rules import Asking, read_asking
from backorder.care.incentives.rules import Incentive, read_incentives
from backorder.care.letters.arrangement import find_faults, find_own_faults
from backorder.care.letters.speech import LANGUAGES
from backorder.care.models import HouseVersion
from backorder.care.offers.rules import Offering, read_offering
from backorder.care.post.rules import Sending, read_sending
from backorder.care.refunds.rules import Refunds, read_refunds
from backorder.care.waitlist.rules import Waitlist, read_waitlist
from backorder.catalog.selectors import find_customer_classes
from backorder.engine.consent.choose import COUNTRY, PLACE
from backorder.faults import Faults, FaultyInputError, not_one_of, show_typed, suggest
from backorder.keys import MAIL
from backorder.outbox.services import Cause, write
from backorder.payments.noting import Rules
from backorder.policy_text.section import Section, open_text

NOWHERE = "ZZ"
"""The place of a seller who has not said where: no pack speaks of it."""
FILE = "house.toml"
LONGEST, VERSIONS = 365, 10


@dataclass(frozen=True)
class House:
    """The rules of the house."""

    seller: str = NOWHERE
    businesses: frozenset[str] = frozenset()  # codes of customer classes; everybody else buys as a consumer
    on_credit: frozenset[str] = frozenset()  # likewise; who is in one applied to the seller for credit
    transit_days: int = 0
    transit_days_to: Mapping[str, int] = field(default_factory=dict)  # by country
    zones: Mapping[str, str] = field(
        default_factory=dict
    )  # by country or part of it; else that where the day ends first
    name: str = ""  # as letters are signed
    mail: str = ""  # to which customers answer
    phone: str = ""
    language: str = "en"
    languages_to: Mapping[str, str] = field(default_factory=dict)  # by country
    texts: Mapping[str, str] = field(default_factory=dict)  # arrangements of letters by language
    sending: Sending = field(default_factory=Sending)
    texting: Texts = field(default_factory=Texts)
    refunds: Refunds = field(default_factory=Refunds)
    cancelling: Cancelling = field(default_factory=Cancelling)
    waitlist: Waitlist = field(default_factory=Waitlist)
    feedback: Asking = field(default_factory=Asking)
    incentives: tuple[Incentive, ...] = ()
    offers: Offering = field(default_factory=Offering)
    charges: Rules = field(default_factory=Rules)
    badges: bool = False  # everybody may ask whether an item is there, and else from when on

    def count_transit(self, place: str) -> int:
        """Count the days that a parcel to a place is on its way."""
        return self.transit_days_to.get(place.partition("-")[0], self.transit_days)


class UnreadableError(FaultyInputError):
    """The rules of the house that are in force cannot be read any more: no fault of who asks."""


def read_house() -> House:
    """Read the rules in force; before the first version the defaults are. Raises UnreadableError."""
    try:
        return parse_house(find_text())
    except FaultyInputError as error:
        raise UnreadableError(error.lines) from error


def look_at_house() -> tuple[House, tuple[str, ...]]:
    """Read the rules in force for a page; where nobody can read them any more the defaults, with every fault: nothing goes then."""
    try:
        return read_house(), ()
    except UnreadableError as error:
        return House(), error.lines


def look_for_customer() -> tuple[House, bool]:
    """Read the rules in force for the page of an order, and tell whether they say which law holds and how it is counted.

    Where nobody can read them any more, by what a law is chosen and how we are asked is as it could be read last, each for itself.
    Nothing else is in them then: nothing goes by such rules.
    """
    try:
        return read_house(), True
    except UnreadableError:
        texts = HouseVersion.objects.order_by("-number").values_list("text", flat=True)
        parts = [parse_parts(text) for text in texts[:VERSIONS]]
    found = {name: value for part in reversed(parts) for name, value in part.items()}
    return House(**found), "seller" in parts[0]


def find_version() -> HouseVersion | None:
    """Find the version in force; none: nothing was written yet."""
    return HouseVersion.objects.order_by("-number").first()


def find_text() -> str:
    """Find the text in force; blank before the first version."""
    last = find_version()
    return "" if last is None else last.text


@transaction.atomic
def write_house(text: str, cause: Cause) -> HouseVersion | None:
    """Put rules in force; None if they are already. Raises FaultyInputError with every fault."""
    check_classes(parse_house(text))
    with connection.cursor() as cursor:
        cursor.execute(
            "LOCK TABLE care_houseversion IN SHARE ROW EXCLUSIVE MODE"
        )  # the next number is nobody else's
    last = find_version()
    if last is not None and last.text == text:
        return None
    number = last.number + 1 if last else 1
    entry = write(cause, "house.written", [("house", str(number))], {"version": number})
    return HouseVersion.objects.create(number=number, text=text, entry=entry)


def check_classes(house: House) -> None:
    """Raise FaultyInputError for customer classes that there are not."""
    faults, known = Faults(), find_customer_classes()
    for key, named in (("business_classes", house.businesses), ("credit_classes", house.on_credit)):
        for code in sorted(named - set(known)):
            said = f"there is no customer class {show_typed(code)}{suggest(code, known)}"
            faults.add(FILE, said, column=f"buyers.{key}")
    faults.raise_if_any()


@lru_cache(maxsize=16)
def parse_house(text: str) -> House:
    """Read the text of the rules, once for each text. Raises FaultyInputError with every fault."""
    faults = Faults()
    house = House(**read_fields(open_text(text, FILE, faults)))
    faults.raise_if_any()
    return house


@lru_cache(maxsize=16)
def parse_parts(text: str) -> Mapping[str, Any]:
    """Read by what a law is chosen, and how we are asked: each that is not at fault, by the names of House."""
    found: dict[str, Any] = {}
    for read in (read_parties, read_letters):
        faults = Faults()
        fields = read(open_text(text, FILE, faults))
        found |= {} if faults else fields
    return found


def read_incentive_as_it_was(version: HouseVersion, name: str) -> Incentive:
    """Read a rule that thanks as a version has it, also if that version could not be put in force any more."""
    rules = read_incentives(open_text(version.text, FILE, Faults()).sections("incentives"))
    return next(rule for rule in rules if rule.name == name)


def read_fields(root: Section) -> dict[str, Any]:
    """Take every key of the file."""
    badges = root.section("badges")
    fields: dict[str, Any] = {
        **read_parties(root),
        **read_letters(root),
        "sending": read_sending(root.section("sending")),
        "texting": read_texts(root.section("texts")),
        "refunds": read_refunds(root.section("refunds")),
        "cancelling": read_cancelling(root.section("cancelling")),
        "waitlist": read_waitlist(root.section("waitlist")),
        "feedback": read_asking(root.section("feedback")),
        "incentives": read_incentives(root.sections("incentives")),
        "offers": read_offering(root.section("offers")),
        "charges": read_charges(root.section("charges")),
        "badges": badges.flag("on", default=False),
    }
    for section in (badges, root):
        section.finish()
    return fields


def read_parties(root: Section) -> dict[str, Any]:
    """Take by what a law is chosen and counted: who sells from where, who buys as a business, how long parcels travel, zones."""
    seller, buyers, delivery = root.section("seller"), root.section("buyers"), root.section("delivery")
    place = seller.text("place") or NOWHERE
    if not PLACE.fullmatch(place):
        seller.fault("place", f"{show_typed(place)} is no country as US, and no part of one as US-CA")
    fields: dict[str, Any] = {
        "seller": place,
        "businesses": frozenset(buyers.texts("business_classes") or ()),
        "on_credit": frozenset(buyers.texts("credit_classes") or ()),
        "transit_days": take_days(delivery, "days"),
        "transit_days_to": read_days(delivery.section("days_to")),
        "zones": read_zones(root.section("zones")),
    }
    for section in (seller, buyers, delivery):
        section.finish()
    return fields


def read_charges(section: Section) -> Rules:
    """Take how charges go on."""
    days = section.whole("grace_days", Rules.grace_days)
    if days is not None and days > LONGEST:
        section.fault("grace_days", f"{days:,} days are no grace any more; name {LONGEST} at most")
    ahead = section.whole("announce_days", Rules.announce_days)
    if ahead is not None and ahead > LONGEST:
        section.fault("announce_days", f"{ahead:,} days are too far ahead; name {LONGEST} at most")
    held = section.flag("before_shipment", default=False)
    section.finish()
    return Rules(Rules.grace_days if days is None else days, ahead or 0, held)


def read_letters(root: Section) -> dict[str, Any]:
    """Take what letters need: who signs them, where they are answered, in which language, and how they are arranged."""
    section = root.section("letters")
    mail = section.text("mail") or ""
    if mail and not (re.search(MAIL, mail) and mail.isascii()):
        section.fault("mail", f"{show_typed(mail)} is no e-mail address")
    languages, texts = section.section("languages_to"), section.section("text")
    fields: dict[str, Any] = {
        "name": section.text("name") or "",
        "mail": mail,
        "phone": section.text("phone") or "",
        "language": section.word("language", LANGUAGES, "en"),
        "languages_to": {name: languages.word(name, LANGUAGES, "en") for name in languages.names()},
        "texts": {name: texts.text(name) or "" for name in texts.names()},
    }
    for name in ("name", "phone"):
        for fault in find_own_faults(fields[name]):
            section.fault(name, fault)
        if not fields[name].isprintable():
            section.fault(name, "is more than one line")
    for country in fields["languages_to"]:
        if not COUNTRY.fullmatch(country):
            languages.fault(country, "is no country as US")
    for language, text in fields["texts"].items():
        if language not in LANGUAGES:
            texts.fault(language, not_one_of(language, LANGUAGES))
        for fault in find_faults(text):
            texts.fault(language, fault)
    for each in (languages, texts, section):
        each.finish()
    return fields


def read_days(section: Section) -> dict[str, int]:
    """Take days by country."""
    found = {}
    for name in section.names():
        if not COUNTRY.fullmatch(name):
            section.fault(name, "is no country as US")
        found[name] = take_days(section, name)
    return found


def take_days(section: Section, name: str) -> int:
    """Take so many days that a parcel is on its way."""
    days = section.whole(name, 0) or 0
    if days > LONGEST:
        section.fault(name, f"{days:,} days are longer than any parcel is on its way; name {LONGEST} at most")
    return days


def read_zones(section: Section) -> dict[str, str]:
    """Take time zones by place."""
    found, known = {}, available_timezones()
    for name in section.names():
        if not PLACE.fullmatch(name):
            section.fault(name, "is no country as US, and no part of one as US-CA")
        zone = section.text(name)
        if zone not in known:
            section.fault(name, f"{show_typed(zone)} is no time zone{suggest(zone, known)}")
        found[name] = zone
    return found

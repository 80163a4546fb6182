"""The journal in sentences: one for each kind of entry. Who did it stands before, when above."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from backorder.care.post.rules import INVITATIONS, OFFERS, RECEIPTS
from backorder.care.post.rules import KINDS as KINDS_OF_NEWS
from backorder.console.acceptance import say_rules
from backorder.console.forms.law import CHANNELS
from backorder.console.forms.orders import COMMITMENTS, SHIP_POLICIES
from backorder.console.refusals import say_why_refused
from backorder.console.sentences.money import OF_MONEY
from backorder.console.sentences.offers import OF_OFFERS
from backorder.console.sentences.other_ways import OF_CALLS, OF_OTHER_WAYS
from backorder.console.sentences.words import Facts, Sentences, say_instant, say_units
from backorder.console.templatetags.words import say_count, say_day, say_some
from backorder.outbox.models import Entry

NEWS = {**KINDS_OF_NEWS, **INVITATIONS, **OFFERS}
NAMES = {
    "ship_policy": "how it ships",
    "requested_on": "wanted on",
    "needed_by": "of no use after",
    "ship_set": "the set that it ships in",
    "minimum_quantity": "the smallest shipment",
    "location": "its place",
    "commitment": "how it keeps its units",
    "most_shipments": "shipments at most",
}
VALUES = {"ship_policy": dict(SHIP_POLICIES), "commitment": dict(COMMITMENTS)}
"""What the journal keeps under names of its own, in words."""
CHANNEL = dict(CHANNELS)
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def say_canceller(facts: Facts) -> str:
    """Say if it was not the customer who cancelled."""
    return ": these units will never be sent" if facts.get("by") == "seller" else ""


def say_fact_day(text: str) -> str:
    """Say a day that the journal holds."""
    return say_day(date.fromisoformat(text))


def say_parts(facts: Facts) -> str:
    """Say into which parts an inbound line was split."""
    named = [f"{part['quantity']:,} on {say_fact_day(part['expected_on'])}" for part in facts["parts"]]
    return f"split line {facts['line']}: {', '.join(named)}; said by {facts['source']}"


def say_move(facts: Facts) -> str:
    """Say how many units went in or out."""
    quantity = int(facts["quantity"])
    return f"{abs(quantity):,} {say_status(facts['status'])} {'in' if quantity > 0 else 'out'}"


def say_status(status: str) -> str:
    """Say a status of stock."""
    return status.replace("_", " ")


def say_counted(facts: Facts) -> str:
    """Say what a count found, and what the record said."""
    found = f"counted {facts['is']:,} {say_status(facts['status'])}"
    if facts["is"] == facts["was"]:
        return f"{found}, as the record said"
    return f"{found} where {facts['was']:,} were known"


def say_names(facts: Facts) -> str:
    """Name what was written or removed, as far as it is named."""
    gone = facts.get("gone")
    return f": {', '.join(map(str, gone))}" if isinstance(gone, list) and gone else ""


def say_release(facts: Facts) -> str:
    """Say what went to, or came back from, the warehouse."""
    parts = facts["lines"]
    named = [
        f"{part['quantity']:,} of order {part['order']} line {part['line']} at {part['location']}"
        for part in parts
    ]
    return say_some(named)


def say_parcel(facts: Facts) -> str:
    """Say by whom a parcel goes."""
    carrier, number = facts.get("carrier"), facts.get("tracking_number")
    return (f" with {carrier}" if carrier else "") + (f", parcel {number}" if number else "")


def say_change(facts: Facts) -> str:
    """Say what was one thing and is another: quantity from 4 to 6."""
    before, after = facts.get("from") or {}, facts.get("to") or {}
    told = [
        f"{NAMES.get(name) or str(name).replace('_', ' ')} from {say_value(name, before.get(name))} to {say_value(name, value)}"
        for name, value in after.items()
    ]
    return ", ".join(told) or "something of it"


def say_value(name: str, value: object) -> str:
    """Say a value that the journal holds under a name."""
    if value is None or value == "":
        return "none"
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        return say_fact_day(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return VALUES.get(name, {}).get(str(value), str(value))


def say_refused(facts: Facts) -> str:
    """Say how many units were turned away, and why."""
    reasons = [say_why_refused(str(reason)) for reason in facts["reasons"]]
    return f"asked for {say_units(facts, 'units')}, and they were refused: {', '.join(reasons)}"


def say_despite(facts: Facts) -> str:
    """Say why a cap was passed, if it was."""
    return f", past a cap: {facts['despite']}" if facts.get("despite") else ""


def say_added_line(facts: Facts) -> str:
    """Say that a line was added, and what of it was refused."""
    refused = f"; {facts['refused']:,} more were refused" if facts.get("refused") else ""
    return f"added line {facts['line']}: {say_units(facts)}{refused}"


def say_amended_line(facts: Facts) -> str:
    """Say what of a line is wanted otherwise."""
    about = f"line {facts['line']}: " if facts.get("line") else ""
    return f"changed {about}{say_change(facts)}"


def say_told(facts: Facts) -> str:
    """Say which days a customer was told; of units at the back of a line, of how many."""
    said = []
    for number, told in facts["lines"].items():
        parts = told if isinstance(told, list) else [(None, told)]
        for units, day in parts:
            some = f"{units:,} of " if units else ""
            said.append(f"{say_fact_day(day) if day else 'no day'} for {some}line {number}")
    return ", ".join(said)


def say_answer(facts: Facts) -> str:
    """Say what a customer said."""
    units = f"{say_units(facts)} of " if facts.get("quantity") else ""
    said = {
        "accepts": f"the customer waits for {units}line {facts['line']}",
        "cancels": f"the customer cancels {units}line {facts['line']}",
        "period": f"the customer waits for {units}line {facts['line']} until {say_value('until', facts.get('until'))}",
    }
    return f"noted {CHANNEL[facts['channel']]}: {said[facts['kind']]}"


def say_feedback(facts: Facts) -> str:
    """Say that a customer said what they think."""
    score = f": {facts['score']} of 5" if facts.get("score") else ""
    return f"noted what the customer thinks, {CHANNEL[facts['channel']]}{score}"


SENTENCES: Sentences = {
    "order.placed": lambda f: f"ordered {say_units(f, 'units')}",
    "order.held": lambda f: f"had {say_units(f, 'units')} kept until {say_instant(f['until'])}",
    "order.refused": say_refused,
    "order.confirmed": lambda _: "ordered what was kept for them",
    "order.amended": lambda f: f"changed {say_change(f)}",
    "order.address_changed": lambda f: f"changed where it goes: {', '.join(f['changed'])}",
    "order.cancelled": lambda f: (
        f"cancelled {say_count(sum(f['lines'].values()), 'unit')}, all that was open{say_canceller(f)}"
    ),
    "order.payment": lambda f: f"noted its payment: {say_status(f['to'])} instead of {say_status(f['from'])}",
    "order.blocked": lambda f: f"held it back: {f['reason']}",
    "order.unblocked": lambda f: f"no longer holds it back for: {f['reason']}",
    "order.shipped": lambda f: f"shipped{say_parcel(f)}: {say_release(f)}",
    "hold.expired": lambda f: f"gave back {say_count(sum(f['lines'].values()), 'unit')}: the hold is over",
    "line.added": say_added_line,
    "line.refused": say_refused,
    "line.amended": say_amended_line,
    "line.cancelled": lambda f: f"cancelled {say_units(f)} of line {f['line']}{say_canceller(f)}",
    "line.consent": lambda f: (
        f"noted the customer's consent to wait for line {f['line']}: {say_status(f['to'])}"
    ),
    "line.returned": lambda f: f"took back {say_units(f)} of line {f['line']}, {say_status(f['status'])}",
    "notice.noted": lambda f: f"noted what the customer was told {CHANNEL[f['channel']]}: {say_told(f)}",
    "notice.failed": lambda f: f"noted that what was sent {CHANNEL[f['channel']]} did not arrive",
    "message.written": lambda f: f"let a message to the customer go: {NEWS[f['kind']]}",
    "message.shadowed": lambda f: f"would have written to the customer: {NEWS[f['kind']]}",
    "message.withdrawn": lambda f: f"held back a message that was not true any more: {NEWS[f['kind']]}",
    "message.taken_back": lambda f: f"took back a message to the customer: {NEWS[f['kind']]}",
    "message.refused": lambda f: f"found no mailbox for a message to the customer: {NEWS[f['kind']]}",
    "message.failed": lambda f: f"could not deliver a message to the customer: {NEWS[f['kind']]}",
    "receipt.written": lambda f: f"confirms to the customer in writing {RECEIPTS[f['kind']]}",
    "receipt.shadowed": lambda f: f"would have confirmed to the customer in writing {RECEIPTS[f['kind']]}",
    "receipt.sent": lambda f: f"confirmed to the customer in writing {RECEIPTS[f['kind']]}",
    "receipt.taken_back": lambda f: f"took back a receipt to the customer: {RECEIPTS[f['kind']]}",
    "receipt.refused": lambda f: f"found no mailbox for a receipt to the customer: {RECEIPTS[f['kind']]}",
    "receipt.withdrawn": lambda f: f"held back a receipt that was not so any more: {RECEIPTS[f['kind']]}",
    "receipt.failed": lambda f: f"could not deliver a receipt to the customer: {RECEIPTS[f['kind']]}",
    "waitlist.joined": lambda f: f"put them on the waitlist for {say_units(f, 'units')}",
    "waitlist.invited": lambda f: (
        f"invited them from the waitlist: {say_units(f, 'units')} kept until {say_instant(f['until'])}"
    ),
    "waitlist.shadowed": lambda f: (
        f"would have invited {say_count(len(f['wishes']), 'customer')} from the waitlist"
    ),
    "waitlist.passed_over": lambda f: (
        f"passed them over on the waitlist, and goes on with who comes after: {f['why']}"
    ),
    "waitlist.left": lambda _: "left the waitlist",
    "waitlist.removed": lambda _: "took them off the waitlist",
    "waitlist.lapsed": lambda f: (
        f"gave {say_units(f, 'units')} to the next on the waitlist: the invitation was over"
    ),
    "waitlist.unsent": lambda f: (
        f"gave back {say_units(f, 'units')}: no message told the customer on the waitlist"
    ),
    "feedback.noted": say_feedback,
    "feedback.themes": lambda f: (
        f"said what the feedback is about: {', '.join(f['themes']) or 'nothing yet'}"
    ),
    **OF_OFFERS,
    "invitation.sent": lambda _: "told the customer of units that are kept",
    **OF_OTHER_WAYS,
    **OF_CALLS,
    "receipts.let_go": lambda f: f"let {say_count(int(f['receipts']), 'receipt')} go that had been kept back",
    "receipts.dropped": lambda f: (
        f"dropped {say_count(int(f['receipts']), 'receipt')} that had been kept back"
    ),
    "reply.came": lambda f: (
        f"heard an answer of the customer by mail to the message that told {NEWS.get(f['kind']) or RECEIPTS[f['kind']]}"
    ),
    "reply.read": lambda _: "dealt with what the customer answered by mail",
    "mail.complained": lambda _: "heard that the customer calls a message spam",
    "mail.stopped": lambda _: "stopped all messages to customers",
    "mail.resumed": lambda _: "let messages to customers go on",
    "law.cancelled": lambda f: f"cancelled what a law wants cancelled ({', '.join(f['laws'])})",
    "cancelling.stopped": lambda _: "stopped what rules cancel",
    "cancelling.resumed": lambda _: "let rules cancel again",
    **OF_MONEY,
    "answer.noted": say_answer,
    "answer.looked_at": lambda f: f"dealt with what the customer said of line {f['line']}",
    "callback.noted": lambda _: "noted that the customer wants to be called",
    "callback.ended": lambda f: (
        "noted that the customer wants no call any more"
        if f["state"] == "withdrawn"
        else "called the customer, as was wished"
    ),
    "person.exported": lambda f: (
        f"wrote all that is kept of a person into a file: {say_count(f['orders'], 'order')}"
    ),
    "person.erased": lambda f: f"erased a person: {say_count(f['orders'], 'order')}",
    "house.written": lambda f: f"put version {f['version']} of the rules of the house in force",
    "units.released": lambda f: f"released to the warehouse: {say_release(f)}",
    "release.picked": lambda f: f"picked {say_release(f)}",
    "release.returned": lambda f: f"put back into stock: {say_release(f)}",
    "release.short": lambda f: f"did not find {say_release(f)}",
    "inbound.placed": lambda f: f"put {say_units(f, 'units')} on order ({f['kind']})",
    "inbound.added": lambda f: f"put {say_units(f, 'units')} more on order ({f['kind']})",
    "inbound.amended": say_amended_line,
    "inbound.received": lambda f: (
        f"received {say_units(f)} of line {f['line']}: {f['received']:,} of {f['of']:,} have come"
    ),
    "inbound.cancelled": lambda f: f"noted that {say_units(f)} of line {f['line']} will not come",
    "inbound.expected": lambda f: (
        f"moved line {f['line']} from {say_fact_day(f['from'])} to {say_fact_day(f['to'])}; said by {f['source']}"
    ),
    "inbound.split": say_parts,
    "stock.return": lambda f: f"returned to stock: {say_move(f)}",
    "stock.adjustment": lambda f: f"adjusted stock: {say_move(f)}",
    "stock.transfer": lambda f: f"moved between places: {say_move(f)}",
    "stock.count": say_counted,
    "stock.status": lambda f: f"changed {say_units(f)} from {say_status(f['from'])} to {say_status(f['to'])}",
    "plan.decided": lambda f: (
        f"decided {say_count(int(f['lines']), 'line')} again, as of {say_fact_day(f['as_of'])}"
    ),
    "plan.shared": lambda f: f"decided at once on {say_count(f['orders'], 'order')} that came together",
    "plan.asked": lambda _: "asked for everything to be decided again",
    "plan.simulated": lambda f: f"tried out other rules or facts, as of {say_fact_day(f['as_of'])}",
    "day.passed": lambda f: f"began the day {say_fact_day(f['to'])}",
    "policy.published": lambda f: f"put a policy in force{say_despite(f)}",
    "policy.rolled_back": lambda f: f"put an earlier policy in force again{say_despite(f)}",
    "simulation.published": lambda f: f"made a simulation come true{say_despite(f)}",
    "simulation.discarded": lambda _: "discarded the simulation",
    "acceptance.saved": lambda f: f"set how much is sold when nothing is there: {say_rules(f)}",
    "acceptance.removed": lambda f: (
        f"dropped the rule of how much is sold when nothing is there: {say_rules(f)}"
    ),
    "files.imported": lambda f: f"imported {', '.join(f['files'])}",
    "customer.saved": lambda f: f"wrote customers: {f['new']:,} new, {len(f['changed']):,} changed",
    "key.added": lambda f: f"gave a program the key {f['prefix']}: {', '.join(map(str, f['scopes']))}",
    "key.revoked": lambda f: f"took back the key {f['prefix']}",
    "user.added": lambda f: f"let them sign in as {f['role']}",
    "user.role": lambda f: f"made them {f['to']} instead of {f['from']}",
    "user.password": lambda _: "gave them another password",
    "user.removed": lambda _: "let them sign in no more",
}
BRIEF = {
    "order.shipped": "shipped",
    "stock.count": "counted stock",
    "units.released": "released to the warehouse",
}
"""What is told of an entry that holds no more."""
KINDS = {
    "saved": "wrote the {}",
    "removed": "removed from the {}",
}
"""Of whatever is kept as a list: items.saved, locations.removed."""


def say_entry(entry: Entry) -> str:
    """Say what an entry of the journal is about; one that nobody has words for is told by its name."""
    say = SENTENCES.get(entry.what)
    if say is not None:
        try:
            return say(entry.facts)
        except (KeyError, TypeError, ValueError):  # written by an older version, with other facts
            pass
    if entry.what in BRIEF:
        return BRIEF[entry.what]
    noun, _, verb = entry.what.partition(".")
    if verb in KINDS:
        return KINDS[verb].format(noun.replace("_", " ")) + say_names(entry.facts)
    return entry.what.replace(".", " ").replace("_", " ")


def describe_story(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Lay out entries of the journal as a story."""
    return [
        {"at": entry.at, "who": entry.who, "said": say_entry(entry), "why": entry.why} for entry in entries
    ]

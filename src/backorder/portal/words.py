"""What stands around what is said of an order: titles, buttons, and what became of a choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from backorder.care.letters.speech import Speech, mark
from backorder.outbox.models import Entry

Words = Mapping[str, str]
"""What stands around, by name, in a language."""
WORDS: dict[str, str] = {
    "title": mark("Your order"),
    "when": mark("What ships when"),
    "nothing": mark("Nothing of this order waits."),
    "unpaid": mark("This order is not paid yet: nothing of it ships before."),
    "asked": mark("We cannot show here how it stands. Please ask us."),
    "why": mark("Why"),
    "silence": mark("If you say nothing"),
    "no_law": mark(
        "What the law says then, and by when money would go back, we cannot show here today. Please ask us."
    ),
    "next": mark("What happens next"),
    "choose": mark("What you can do"),
    "sure_inbound": mark(
        "How sure a day is: planned, not certain. It rests on a delivery to us. If that is put off, we tell you the new day."
    ),
    "sure_none": mark("Where we name no day, no delivery is certain yet."),
    "keep": mark(
        "To keep waiting there is nothing that you need to do now: your order keeps its place in line."
    ),
    "terms": mark("If you cancel"),
    "yes_to": mark("You agree to wait, at most as long as this:"),
    "ask": mark("If a day does not suit you, please ask us: we look for another way with you."),
    "promised": mark("Days that we planned"),
    "wait": mark("I agree to wait"),
    "cancel": mark("Cancel all or a part"),
    "withdraw": mark("Withdraw from contract here"),
    "confirm_withdrawal": mark("Confirm withdrawal"),
    "confirm": mark("Yes, cancel this"),
    "back": mark("No, go back"),
    "look": mark("Look at it once more"),
    "how_many": mark("How many do you want to cancel?"),
    "about_to": mark("You are about to cancel:"),
    "paid_back": mark("You get back all that you paid for it, shipping included."),
    "period": mark("Set us a further period"),
    "until": mark("Until"),
    "set": mark("Set it"),
    "with_us": mark("What is already being packed can only be cancelled by us: please ask."),
    "left": mark("What has left"),
    "follow": mark("Follow the parcel"),
    "money": mark("Your money"),
    "patience": mark("For your patience"),
    "pay": mark("Please pay"),
    "pay_here": mark("Pay here"),
    "told": mark("What we told you"),
    "said": mark("What you chose"),
    "questions": mark("Questions?"),
    "changed": mark(
        "Something has changed since you opened this page. This is how it stands now: please choose again."
    ),
    "noted": mark("It is noted. You find it below, with day and time."),
    "confirmed": mark("We also confirm it by mail, to the address that we have of you."),
    "gone": mark(
        "This link is not valid any more. Open your order by its number and your e-mail address, or ask us."
    ),
    "find": mark("Find your order"),
    "number": mark("Order number"),
    "mail": mark("E-mail address"),
    "open": mark("Open it"),
    "unknown": mark("We know no order with this number and this address."),
    "too_often": mark("Too many tries. Please try again in a quarter of an hour."),
    "look_only": mark("This link only shows the order. The customer chooses by the link in the letter."),
    "in_vain": mark("This cannot be chosen at the moment. This is how it stands now."),
    "expired": mark(
        "Nothing was changed, because your browser did not send back what this page gave it. "
        "Allow cookies, open the link once more, and try again."
    ),
    "lost": mark(
        "There is nothing at this address. Open the link in our letter once more, or find your order here."
    ),
    "missing": mark("Please choose at least one unit, and no more than there are."),
    "no_day": mark("Please choose a day that is still to come."),
    "feedback": mark("What do you think?"),
    "feedback_say": mark("Say what you think"),
    "ask_waiting": mark("How do you find the ordering and the waiting so far?"),
    "ask_delivered": mark("How was it, from the order to the last parcel?"),
    "ask_cancelled": mark("What should we have done better?"),
    "score": mark("Your score: 1 is bad, 5 is good"),
    "in_words": mark("In your own words, if you like"),
    "no_effect": mark("It changes nothing about your order."),
    "send": mark("Send it"),
    "thanks": mark("Thank you. It is noted, and a person reads it."),
    "no_score": mark("Please choose a score from 1 to 5, and write no more than 2,000 characters."),
    "waitlist": mark("Your place on the list"),
    "to_order": mark("See how your order stands"),
    "order_kept": mark("Order it"),
    "give_back": mark("Give it back, and leave the list"),
    "leave": mark("Leave the list"),
    "to_where": mark("Where does it go?"),
    "to_name": mark("Name"),
    "to_street": mark("Street and number"),
    "to_postcode": mark("Postcode"),
    "to_city": mark("City"),
    "to_region": mark("State or province by its code, as CA, if there is one"),
    "to_country": mark("Country"),
    "to_code": mark(
        "Please choose the country from the list, and write a state or province as one to three letters or digits, "
        "or leave it out."
    ),
    "ready": mark("Send what is ready"),
    "ready_means": mark(
        "What is here leaves as soon as it can, and the rest later. You can take this back within a day."
    ),
    "redirect": mark("Change where it goes"),
    "redirect_country": mark("It stays in the same country. For another one, please ask us."),
    "redirect_letter": mark("To change where it goes, open the link in our letter, or ask us."),
    "redirect_to": mark("It will go to:"),
    "name": mark("Name"),
    "street": mark("Street and number"),
    "city": mark("Town"),
    "postcode": mark("Postcode"),
    "region": mark("State or province, by its short code"),
    "save": mark("Yes, change this"),
    "last_day": mark("Say until when you can use it"),
    "last_day_field": mark("The last day on which you can use it"),
    "last_day_blank": mark("Leave it blank if you can use it on any day."),
    "last_day_means": mark(
        "We send nothing of it to arrive of no use: what cannot ship by that day waits without a day."
    ),
    "last_day_to": mark("This is what it means as it is planned now:"),
    "call": mark("Ask us to call you"),
    "call_phone": mark("Phone number"),
    "call_day": mark("On which day"),
    "call_day_blank": mark("Leave it blank if any day suits you."),
    "call_part": mark("At what time"),
    "any_time": mark("At any time"),
    "morning": mark("In the morning"),
    "afternoon": mark("In the afternoon"),
    "evening": mark("In the evening"),
    "call_text": mark("What it is about"),
    "call_noted": mark("We call you. Until then you can take that back:"),
    "uncall": mark("I need no call any more"),
    "texts": mark("Get short texts too"),
    "texts_agree": mark(
        "I agree to get short texts about my orders on this number, the one that you know of me. "
        "I can take that back on this page at any time."
    ),
    "untexts": mark("No texts any more"),
    "undo": mark("Take it back"),
    "undo_packed": mark("This cannot be taken back any more: it is being packed, or has left."),
    "undo_cancelled": mark(
        "What was cancelled cannot be taken back: its units go to whoever comes next in the same moment. "
        "If you want them after all, please order them again."
    ),
    "instead": mark("You could have this instead"),
    "take": mark("Yes, I take this instead"),
    "no_thanks": mark("No, thank you: I keep waiting"),
    "stays": mark("Without your yes nothing changes: your order keeps its place in line."),
    "elsewhere": mark("What others sell"),
    "not_ours": mark("Not sold by us: we only tell you of it, and it changes nothing about your order."),
    "in_stock": mark("In stock"),
    "back_order": mark("To order: no day is certain yet"),
    "out_of_stock": mark("Cannot be ordered at the moment"),
    "fill_in": mark("Please fill in or correct:"),
}
BANDS = (5, 10, 20, 50, 100, 200, 500, 1000)
"""How many are before somebody is told no more exactly than by these."""


def say_words(speech: Speech) -> dict[str, str]:
    """Say all of them in a language."""
    return {name: speech.say(sentence) for name, sentence in WORDS.items()}


def say_time(at: datetime, zone: tzinfo, speech: Speech) -> str:
    """Say an instant by the clock of the customer."""
    local = at.astimezone(zone)
    return speech.say("{day}, {time}", day=speech.day(local.date()), time=f"{local:%H:%M}")


@dataclass(frozen=True)
class Band:
    """Roughly how many come before: fewer than one number, or more than the other; of the first in line neither."""

    fewer_than: int | None
    more_than: int | None


def find_band(ahead: int) -> Band:
    """Find the band of a number."""
    if ahead == 0:
        return Band(None, None)
    most = next((most for most in BANDS if ahead < most), None)
    return Band(most, None if most else BANDS[-1])


def say_place(band: Band, item: str, speech: Speech) -> str:
    """Say roughly how many orders for an item come before."""
    if band.fewer_than:
        count = speech.number(band.fewer_than)
        return speech.say("{item}: fewer than {count} orders come before yours.", item=item, count=count)
    if band.more_than:
        count = speech.number(band.more_than)
        return speech.say("{item}: more than {count} orders come before yours.", item=item, count=count)
    return speech.say("{item}: you are next in line.", item=item)


def say_day_of(units: str, day: date | None, speech: Speech) -> str:
    """Say by when units ship."""
    if day is None:
        return speech.say("{units}: without a day", units=units)
    return speech.say("{units}: {day}", units=units, day=speech.day(day))


def say_changed(entry: Entry, names: Mapping[str, str], speech: Speech) -> str:
    """Say what a customer changed; `names`: of the items of lines by number. Blank if there is nothing to say."""
    if entry.what == "order.address_changed":
        return speech.say("You changed where it goes.")
    if entry.what == "callback.noted":
        return speech.say("You asked us to call you.")
    if entry.what == "callback.ended":
        withdrawn = entry.facts["state"] == "withdrawn"
        return speech.say("You no longer want to be called.") if withdrawn else speech.say("We called you.")
    after = entry.facts["to"]
    if after.keys() == {"ship_policy"}:
        if after["ship_policy"] == "as_ready":
            return speech.say("You asked us to send what is ready.")
        return speech.say("You want it sent as it was ordered after all.")
    if after.keys() != {"needed_by"}:
        return ""
    item = names.get(entry.facts["line"], entry.facts["line"])
    if after["needed_by"] is None:
        return speech.say("{item}: of use to you on any day.", item=item)
    return speech.say(
        "{item}: of no use to you after {day}.",
        item=item,
        day=speech.day(date.fromisoformat(after["needed_by"])),
    )

"""What stands around what is said of an order: titles, buttons, and what became of a choice."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from backorder.care.letters.speech import Speech, mark

WORDS: dict[str, str] = {
    "title": mark("Your order"),
    "when": mark("What ships when"),
    "nothing": mark("Nothing of this order waits."),
    "unpaid": mark("This order is not paid yet: nothing of it ships before."),
    "asked": mark("We cannot show here how it stands. Please ask us."),
    "why": mark("Why"),
    "silence": mark("If you say nothing"),
    "next": mark("What happens next"),
    "choose": mark("What you can do"),
    "sure_inbound": mark(
        "A day rests on deliveries that are on their way to us. If one is put off, we tell you the new day."
    ),
    "sure_none": mark("Where we name no day, no delivery is certain yet."),
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


def say_place(ahead: int, item: str, speech: Speech) -> str:
    """Say roughly how many orders for an item come before."""
    if ahead == 0:
        return speech.say("{item}: you are next in line.", item=item)
    band = next((most for most in BANDS if ahead < most), None)
    if band is None:
        return speech.say(
            "{item}: more than {count} orders come before yours.", item=item, count=speech.number(BANDS[-1])
        )
    return speech.say(
        "{item}: fewer than {count} orders come before yours.", item=item, count=speech.number(band)
    )


def say_day_of(units: str, day: date | None, speech: Speech) -> str:
    """Say by when units ship."""
    if day is None:
        return speech.say("{units}: without a day", units=units)
    return speech.say("{units}: {day}", units=units, day=speech.day(day))

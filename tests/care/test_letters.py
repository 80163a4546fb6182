"""Letters to customers who wait: what they say, in each language, and that it counts under the law as it is said."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from backorder.allocation import events
from backorder.care.house import write_house
from backorder.care.letters.arrangement import PARTS, USUAL
from backorder.care.letters.parts import PARTS as SENTENCES
from backorder.care.letters.pieces import LetterError
from backorder.care.letters.speech import FOLDER, LANGUAGES, LOCALES, NAMES
from backorder.care.letters.writing import Own, note_letter
from backorder.care.models import Notice, NoticeLine
from backorder.care.telling import Said, note_answer
from backorder.catalog.models import CustomerClass
from backorder.faults import FaultyInputError
from backorder.orders.models import Customer
from backorder.orders.services import Buyer, OrderError, Told, Wanted
from tests.allocation.shop import buy, line_of, order_in, slip, stock
from tests.architecture import tree
from tests.care.letters import HOUSE, by, go_to, send, shop, states, write
from tests.fulfilment.shop import release
from tests.supply.shop import NOON, TODAY, cause, item

__all__ = ["shop"]  # a fixture that each test uses
pytestmark = pytest.mark.django_db


ENGLISH = """\
Good day A. Nother,

Thank you for your order A-1. Not all of it is here yet. This is how it stands on 24 November 2026.

- 3 × LAMP: here, and set aside for you.
- 2 × LAMP: ships on 3 January 2027.
- 1 × LAMP: we cannot name a day yet.

The reasons:

- 2 × LAMP: it comes with a delivery that is on its way to us.
- 1 × LAMP: we have none, and no delivery that would bring it is certain.

What we do: what comes in goes to those who wait before it is sold to anybody else. Once a delivery is certain, we tell you the day.

You choose. It costs you nothing: answer this message.

- Wait: write “I wait”, and for which items if not for all.
- Cancel all of it or a part, at any time until it ships: write “cancel”. You get back all that you paid for it, \
shipping included. If you cancel today, we send the money by 4 December 2026.

If you say nothing:

- 2 × LAMP: if we do not hear from you before it ships and before 3 January 2027, you agree to wait until 3 January 2027.
- 1 × LAMP: if you have not agreed to wait by 23 January 2027, and it has not shipped by then, we cancel it and send \
back all that you paid for it. If you agree to wait without a day, you may still cancel at any time until it ships.

We write again by 8 December 2026, also if nothing has changed by then.

Questions: help@lamps.example

The lamp shop"""


def test_a_letter_tells_units_by_day_and_what_silence_means_and_counts_as_it_says() -> None:
    stock("LAMP", 3)
    order_in("LAMP", 2, "PO-1", days=40)
    buy("A-1", ("LAMP", 6))
    go_to("A-1", "US")
    letter = write()
    assert letter.subject == "Your order A-1: when it ships"
    assert letter.text == ENGLISH
    assert letter.next_on == TODAY + timedelta(days=14)
    assert states() == [(3, "on_time"), (2, "late"), (1, "late")]
    note_letter(letter, "mail", NOON, cause())
    assert states() == [(3, "on_time"), (2, "agreed"), (1, "asked")]
    told = NoticeLine.objects.order_by("id").values_list("quantity", "revised_on")
    assert list(told) == [(1, None), (2, TODAY + timedelta(days=40))]
    assert Notice.objects.get().text == f"{letter.subject}\n\n{ENGLISH}"


def test_who_says_yes_to_a_letter_without_a_day_waits_and_is_told_next_time_what_changed() -> None:
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "US")
    send()
    note_answer(line_of("A-1"), Said(NOON, "mail", "accepts"), cause())
    assert states() == [(2, "open_wait")]
    order_in("LAMP", 2, "PO-1", days=50)
    again = write(days=3)
    assert again.subject == "Your order A-1: a new day"
    assert "2 × LAMP: ships on 13 January 2027. We could not name a day before." in again.text


def test_a_day_that_slips_is_told_with_the_day_that_was_told_before() -> None:
    inbound = order_in("LAMP", 2, "PO-1", days=20)
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "US")
    send()
    slip(inbound, 26)
    letter = write(days=1)
    assert letter.subject == "Your order A-1 ships later than we told you"
    assert letter.text.split("\n\n")[1:3] == [
        "We are sorry: your order A-1 takes longer than we told you. This is how it stands on 25 November 2026.",
        "- 2 × LAMP: ships on 20 December 2026. We told you 14 December 2026 before.",
    ]
    assert "If you say nothing" not in letter.text  # it is in time all the same
    with pytest.raises(OrderError, match="the letter is of 2026-11-25, and was not sent on 2026-11-24"):
        note_letter(letter, "mail", NOON, by(1))
    send(days=1)
    assert write(days=2).subject == "Your order A-1: how it stands"
    with pytest.raises(OrderError, match="its customer was told something since; write it again"):
        note_letter(letter, "mail", NOON + timedelta(days=1), by(1))


def test_why_it_slipped_and_what_is_done_stand_in_the_letter_in_the_words_of_the_house_if_it_has_any() -> (
    None
):
    inbound = order_in("LAMP", 2, "PO-1", days=20)
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "US")
    send()
    said = write().text.split("\n\n")
    at = said.index("The reason: it comes with a delivery that is on its way to us.")
    follows = "What we do: we follow the delivery, and what comes in goes to those who wait before it is sold to anybody else."
    assert said[at + 1] == follows
    events.expect(inbound, TODAY + timedelta(days=26), "supplier", by(1))
    said = write(days=1).text.split("\n\n")
    at = said.index("The reason: it comes with a delivery that is on its way to us.")
    assert said[at + 1 : at + 3] == ["- LAMP: a delivery that brings it was put off.", follows]
    own = write(days=1, own=Own("The kiln broke.", "We rebuild it.")).text.split("\n\n")
    at = own.index("The kiln broke.")
    assert own[at + 1] == "We rebuild it."
    assert "put off" not in write(days=1, own=Own("The kiln broke.")).text


@pytest.mark.parametrize(("waited", "quiet"), [(30, 14), (31, 7)])
def test_who_waits_more_than_thirty_days_longer_than_wanted_hears_each_week(waited: int, quiet: int) -> None:
    order_in("LAMP", 2, "PO-1", days=90)
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "GB")
    letter = write(days=waited)
    assert letter.next_on == TODAY + timedelta(days=waited + quiet)
    assert f"We write again by {letter.next_on.day} {letter.next_on:%B %Y}" in letter.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_each_day_and_number(language: str) -> None:
    stock("LAMP", 3)
    order_in("LAMP", 2000, "PO-1", days=38)
    buy("A-1", ("LAMP", 2000))
    go_to("A-1", "US")
    letter, english = write(language=language), write(language="en")
    months = {"en": "January", "de": "Januar", "fr": "janvier", "es": "enero"}
    assert (letter.language, letter.text.count(months[language])) == (language, english.text.count("January"))
    assert {"en": "1,997 ×", "de": "1.997 ×", "fr": "1\u202f997 ×", "es": "1.997 ×"}[language] in letter.text
    assert {"en": "1 January", "de": "1. Januar", "fr": "1er janvier", "es": "1 de enero"}[
        language
    ] in letter.text
    assert len(letter.body) == len(english.body)
    assert [len(said) for said in letter.body if isinstance(said, tuple)] == [
        len(said) for said in english.body if isinstance(said, tuple)
    ]


def test_the_page_says_what_the_plain_text_says_and_fetches_nothing() -> None:
    Customer.objects.create(code="C-1", name="<b>Ann & Co</b>", email="ann@buyers.example")
    ann = Customer.objects.get()
    events.place_order("A-1", [Wanted("1", item("LAMP"), 2, TODAY)], cause(), Buyer(customer=ann))
    letter = write(own=Own("The kiln broke.", "A new one comes on Monday."))
    assert letter.to == "ann@buyers.example"
    found = Reader()
    found.feed(letter.html)
    plain = [
        line.removeprefix("- ")
        for line in f"{letter.subject}\n{letter.subject}\n{letter.text}".splitlines()
        if line
    ]
    assert found.said == plain
    assert {"img", "script", "link", "a"}.isdisjoint(found.tags)
    assert "The kiln broke.\n\nA new one comes on Monday." in letter.text


class Reader(HTMLParser):
    """Reads what a page says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - names only
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.said.append(data.strip())


def test_the_language_is_that_of_the_purchase_else_of_the_place() -> None:
    for number, told in (("A-1", None), ("A-2", Told(language="fr-CA")), ("A-3", Told())):
        events.place_order(number, [Wanted("1", item("LAMP"), 1, TODAY)], cause(), told=told)
    assert [write(number).language for number in ("A-1", "A-2", "A-3")] == ["en", "fr", "en"]
    go_to("A-3", "DE")
    assert write("A-3").language == "de"


def test_between_businesses_a_letter_speaks_of_no_right_and_of_no_silence() -> None:
    trade = CustomerClass.objects.get(code="trade")
    events.place_order("A-1", [Wanted("1", item("LAMP"), 1, TODAY)], cause(), Buyer(customer_class=trade))
    text = write().text
    assert "If a day does not suit you, answer this message, and we look for another way with you." in text
    assert "cancel" not in text
    assert "If you say nothing" not in text


def test_in_europe_a_letter_offers_a_period_and_silence_means_nothing() -> None:
    order_in("LAMP", 2, "PO-1", days=40)
    buy("A-1", ("LAMP", 2))
    go_to("A-1", "DE")
    letter = write(language="en")
    assert "2 × LAMP: ships on 3 January 2027 and is with you by 9 January 2027." in letter.text
    assert "Set us a further period that suits you: write until when." in letter.text
    assert "If you say nothing" not in letter.text
    note_letter(letter, "mail", NOON, cause())
    assert states() == [(2, "told")]


def test_units_with_the_warehouse_and_units_to_be_cancelled() -> None:
    stock("LAMP", 2)
    buy("A-1", ("LAMP", 3))
    go_to("A-1", "US")
    release("A-1")
    note_answer(line_of("A-1"), Said(NOON, "phone", "cancels", 1), cause())
    assert states() == [(1, "refund_due"), (2, "on_time")]
    assert "\n\n- 2 × LAMP: here, and set aside for you.\n\n" in write().text
    note_answer(line_of("A-1"), Said(NOON, "phone", "cancels", 1), cause())  # the warehouse has it
    assert states() == [(1, "refund_due"), (1, "refund_due"), (1, "on_time")]
    assert "\n\n- 1 × LAMP: here, and set aside for you.\n\n" in write().text


def arranged(more: str) -> str:
    """Write an arrangement with one more paragraph as TOML."""
    return json.dumps(f"{USUAL}\n\n{more}")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('mail = "lamps"', "house.toml: letters.mail: 'lamps' is no e-mail address"),
        ('language = "pt"', "house.toml: letters.language: 'pt' is not one of en, de, fr, es"),
        (
            'languages_to = { Germany = "de" }',
            "house.toml: letters.languages_to.Germany: is no country as US",
        ),
        ('text.pt = "Olá"', "house.toml: letters.text.pt: 'pt' is not one of en, de, fr, es"),
        (
            'text.en = "{greeting}\\n\\n{news}\\n\\n{reason}\\n\\n{silence}\\n\\n{next}\\n\\n{contact}"',
            (
                "house.toml: letters.text.en: lacks {choices}, in a paragraph of its own: "
                "that the customer may cancel and get the money back, or wait, and how to answer"
            ),
        ),
        (f"text.en = {arranged('{hello}')}", "house.toml: letters.text.en: there is no part {hello}"),
        (f"text.en = {arranged('{news}')}", "house.toml: letters.text.en: has {news} twice"),
        (
            f"text.en = {arranged('Take 10 % off your next order.')}",
            "house.toml: letters.text.en: '0 %' promotes something: a letter about a delay may not",
        ),
        (
            f"text.de = {arranged('Mit Gutscheincode!')}",
            "house.toml: letters.text.de: 'Gutschein' promotes something: a letter about a delay may not",
        ),
        (
            'name = "Lamps, 20 % off"',
            "house.toml: letters.name: '0 %' promotes something: a letter about a delay may not",
        ),
        ('name = "Lamps\\nBcc: b@lamps.example"', "house.toml: letters.name: is more than one line"),
        (
            f"text.en = {arranged('Yours {name}')}",
            "house.toml: letters.text.en: 'Yours {name}': a part stands in a paragraph of its own, and nothing else is in braces",
        ),
    ],
)
def test_what_is_wrong_with_letters_of_a_house_is_named_and_changes_nothing(text: str, fault: str) -> None:
    with pytest.raises(FaultyInputError) as raised:
        write_house(f"[letters]\n{text}\n", cause())
    assert fault in raised.value.lines


@pytest.mark.parametrize("part", PARTS)
def test_an_arrangement_that_lacks_a_part_is_refused(part: str) -> None:
    text = json.dumps(USUAL.replace(f"{{{part}}}", "Kind regards"))
    with pytest.raises(FaultyInputError) as raised:
        write_house(f"[letters]\ntext.en = {text}\n", cause())
    fault = f"lacks {{{part}}}, in a paragraph of its own: {PARTS[part]}"
    assert raised.value.lines == (f"house.toml: letters.text.en: {fault}",)


def test_words_of_the_house_stand_where_it_puts_them() -> None:
    write_house(f"{HOUSE}\ntext.en = {json.dumps('Lamps since 1954.' + chr(10) * 2 + USUAL)}\n", cause())
    buy("A-1", ("LAMP", 1))
    assert write().text.startswith("Lamps since 1954.\n\nGood day,\n\nThank you for your order A-1.")


@pytest.mark.parametrize(
    ("house", "own", "fault"),
    [
        (
            "[seller]\nplace = 'US'\n",
            Own(),
            "nobody could answer it: name an address in the rules of the house",
        ),
        (HOUSE, Own("10 % off"), "'0 %' promotes something"),
    ],
)
def test_a_letter_that_could_not_be_answered_or_promotes_is_not_written(
    house: str, own: Own, fault: str
) -> None:
    write_house(house, cause())
    buy("A-1", ("LAMP", 1))
    with pytest.raises(LetterError, match=fault):
        write(own=own)


def test_of_what_waits_for_nobody_no_letter_is_written() -> None:
    buy("A-1", ("LAMP", 1))
    events.cancel_line(line_of("A-1"), 1, cause())
    with pytest.raises(LetterError, match=r"^nothing of A-1 waits that its customer could be told of$"):
        write()


def test_every_part_that_a_house_puts_in_order_has_its_sentences_and_every_language_its_name() -> None:
    assert list(SENTENCES) == list(PARTS)
    assert NAMES.keys() == LOCALES.keys()


def test_every_sentence_is_there_in_every_language_with_its_values() -> None:
    sentences = {
        message
        for folder in (
            FOLDER.parent,
            *(
                tree.ROOT / "src" / "backorder" / room
                for room in ("portal", "care/offers", "care/refunds", "care/waitlist")
            ),
        )
        for file in folder.glob("*.py")
        for _, message, _, _ in extract_from_file("python", file, keywords={"say": None, "mark": None})
    }
    for language in set(LANGUAGES) - {"en"}:
        with (FOLDER / f"{language}.po").open("rb") as source:
            known = {str(each.id): str(each.string) for each in read_po(source) if each.id}
        assert known.keys() == sentences
        for sentence, said in known.items():
            assert set(re.findall(r"{\w+}", said)) == set(re.findall(r"{\w+}", sentence))

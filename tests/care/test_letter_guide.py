"""The guide to letters and the page of what is not known say what the program does, word for word."""

from __future__ import annotations

import re

from backorder.care.house import parse_house
from backorder.care.letters.arrangement import PARTS
from backorder.care.letters.speech import FOLDER, LANGUAGES
from backorder.engine.consent.content import CONTENT
from backorder.engine.consent.pack import NoticeRule
from backorder.law import list_packs
from tests.architecture import tree

GUIDE = (tree.ROOT / "docs" / "howto" / "arrange-letters.md").read_text("utf-8")
UNKNOWN = (tree.ROOT / "docs" / "reference" / "law-not-known.md").read_text("utf-8")
SAYS = dict(re.findall(r"^\| (`[^|]+) \| ([^|]+) \|$", GUIDE, re.MULTILINE))


def say(rule: NoticeRule) -> str:
    """Say what a notice must say, as the guide does."""
    return " · ".join(text for name, text in CONTENT.items() if name in rule.must_say)


def test_each_part_is_in_the_guide_with_what_it_says() -> None:
    told = dict(re.findall(r"^\| `\{(\w+)\}` \| ([^|]+) \|$", GUIDE, re.MULTILINE))
    assert told == PARTS


def test_the_rules_of_the_guide_can_be_put_in_force() -> None:
    (text,) = re.findall(r"^```toml\n(.+?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    house = parse_house(text)
    assert (house.name, sorted(house.texts)) == ("The lamp shop", ["de", "en"])
    assert house.languages_to == {"DE": "de", "AT": "de", "FR": "fr", "ES": "es"}


def test_the_guide_names_every_language_and_where_it_stands() -> None:
    assert "There are `en`, `de`, `fr` and `es`." in GUIDE
    assert sorted(LANGUAGES) == ["de", "en", "es", "fr"]
    assert FOLDER.relative_to(tree.ROOT).as_posix() == "src/backorder/care/letters/locale"


def test_the_guide_says_what_each_pack_wants_to_be_said() -> None:
    rules = {pack.name: pack for pack in list_packs()}
    federal = rules["us-federal"]
    assert federal.far is not None
    assert federal.renewed is not None
    assert SAYS["`au`"] == say(rules["au"].near)
    assert SAYS["`elsewhere`"] == say(rules["elsewhere"].near)
    assert SAYS["`us-ca`"] == say(rules["us-ca"].near)
    assert SAYS["`us-federal`, a near day"] == say(federal.near)
    assert SAYS["`us-federal`, a far day or none"] == in_order(say(federal.far))
    assert federal.renewed.must_say == federal.far.must_say - {"reason"}
    for name in ("eu", "uk"):
        assert rules[name].near.must_say == rules["au"].near.must_say | {"may_set_period"}
    for name in ("business", "us-ny"):
        assert rules[name].near.must_say == frozenset()
    named = set(re.findall(r"`([a-z-]+)`", " ".join(name for name in SAYS if "{" not in name)))
    assert rules.keys() <= named


def in_order(said: str) -> str:
    """Put the reason behind the day, where a reader looks for it."""
    day, *rest = said.split(" · ")
    rest.remove(CONTENT["reason"])
    return " · ".join([day, CONTENT["reason"], *rest])


def test_whatever_nobody_has_checked_stands_on_the_page() -> None:
    told = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", UNKNOWN, re.MULTILINE))
    assert told == {pack.name: " ".join(pack.unverified) for pack in list_packs()}

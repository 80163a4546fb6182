"""The page of what customers think: added up, word for word, and with themes that a person names."""

from __future__ import annotations

import pytest
from django.test import Client

from backorder.care.models import Feedback
from tests.care.letters import shop
from tests.care.post import open_house
from tests.care.test_feedback import ASKS, say, wait_late
from tests.console.test_notices import press, read

__all__ = ["shop"]  # a fixture
pytestmark = pytest.mark.usefixtures("shop")
SAID = {"at": "2026-11-24T12:00", "channel": "phone", "score": "2", "text": "It took long."}


def test_scores_stand_beside_what_was_promised(planner: Client) -> None:
    wait_late()
    wait_late("A-2", "FORGE", "TENT")
    say("A-1", 1, "Nobody told me why.")
    say("A-2", 4)
    page = read(planner, "/feedback")
    assert "<dt>Answers</dt><dd>2</dd>" in page
    assert "<dt>Average score</dt><dd>2.5</dd>" in page
    assert "<dt>Scores of 1 and 2</dt><dd>1</dd>" in page
    assert "LAMP, first promised 4 Dec 2026, 10 days late, from MILL, it waits for what is on the way" in page
    assert "Nobody told me why." in page
    assert 'data-label="Supplier"><div><a href="?supplier=FORGE">FORGE</a>' in page
    for asked in ("item=LAMP", "supplier=MILL", "score=1", "item=LAMP&moment=waiting"):
        found = read(planner, f"/feedback?{asked}").partition("In their words")[2]
        assert (">A-1<" in found, ">A-2<" in found) == (True, False), asked


def test_a_reply_is_noted_on_the_page_of_the_order(planner: Client) -> None:
    wait_late()
    assert "Customer's opinion" in read(planner, "/orders/A-1").replace("&#x27;", "'")
    page = press(planner, "/order-changes/feedback/A-1", **SAID)
    assert "noted what the customer thinks, by phone: 2 of 5" in page
    made = Feedback.objects.get()
    assert (made.score, made.text, made.entry.who) == (2, "It took long.", "planner")
    page = press(planner, "/order-changes/feedback/A-1", **{**SAID, "score": "", "text": ""})
    assert ("there is no score, and nothing was said" in page, Feedback.objects.count()) == (True, 1)


def test_themes_are_named_and_added_up(planner: Client) -> None:
    wait_late()
    made = say(score=1)
    page = press(planner, f"/feedback/{made.pk}/themes", themes="Slow, no answer")
    assert '<a href="?theme=slow">slow</a>' in page
    assert ">A-1<" in read(planner, "/feedback?theme=Slow").partition("In their words")[2]
    assert ">A-1<" not in read(planner, "/feedback?theme=kind").partition("In their words")[2]
    page = press(planner, f"/feedback/{made.pk}/themes", themes="x" * 61)
    assert ("is no theme" in page, Feedback.objects.get().themes) == (True, ["no answer", "slow"])
    for number in (made.pk + 1, 2**64):
        assert planner.get(f"/feedback/{number}/themes").status_code == 404


def test_who_may_only_read_names_no_themes(reader: Client) -> None:
    wait_late()
    made = say()
    assert "Name themes" not in read(reader, "/feedback")
    assert reader.post(f"/feedback/{made.pk}/themes", {"themes": "slow"}).status_code == 403
    assert Feedback.objects.get().themes == []


def test_a_page_says_that_nobody_is_asked(planner: Client) -> None:
    said = "Nobody is asked: the rules of the house do not say [feedback] ask."
    assert said in read(planner, "/feedback")
    open_house(ASKS)
    assert said not in read(planner, "/feedback")


def test_what_a_customer_writes_is_shown_and_never_run(planner: Client) -> None:
    wait_late()
    say(text="<script>alert(1)</script>")
    page = read(planner, "/feedback")
    assert ("&lt;script&gt;alert(1)" in page, "<script>alert(1)" in page) == (True, False)

"""Writes a sample."""

from __future__ import annotations

from datetime import datetime

from backorder.care.letters.parts import Said, find_next, give_contact, greet, name_subject
from backorder.care.letters.receipts import list_links
from backorder.care.letters.writing import Letter, Own, arrange, refuse_unfit
from backorder.care.post.rules import KINDS, RECEIPTS
from backorder.care.samples.happened import SAMPLES
from backorder.care.samples.news import judge_news
from backorder.care.samples.stage import set_stage


def write_sample(kind: str, language: str, now: datetime) -> Letter:
    """Write a sample of one of TOLD in one of LANGUAGES.

    Raises LetterError or FaultyInputError if the house could write no letter at all.
    """
    stage = set_stage(language, now)
    scene, matter, speech = stage.scene, stage.matter, stage.scene.speech
    refuse_unfit(scene.order, scene.house, Own())
    body: list[Said]
    if kind in KINDS:
        matter = judge_news(kind, stage)
        subject, body = name_subject(matter, speech), arrange(matter, speech)
    else:
        subject, body = SAMPLES[kind](stage)
    if kind in RECEIPTS:
        see = list_links(matter.link, "", speech)
        body = [*greet(matter, speech), *body, *see, *give_contact(matter, speech)]
    subject, next_on = " ".join(subject.split()), find_next(matter)
    said, order = tuple(body), scene.order
    return Letter(order, "", language, matter.today, scene.zone, subject, said, next_on, (), None, matter)

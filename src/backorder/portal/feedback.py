"""The page on which a customer says what they think of an order: a score and words. A GET shows, a POST notes, once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from backorder.care.choices import CUSTOMER, PAGE
from backorder.care.feedback.asking import find_moment, has_said, is_asked
from backorder.care.feedback.noting import Opinion, note_feedback
from backorder.care.house import read_house
from backorder.care.letters.speech import Speech
from backorder.care.letters.writing import choose_language
from backorder.care.links import Opened
from backorder.care.models import MOST_WORDS
from backorder.orders.services import OrderError
from backorder.outbox.services import Cause
from backorder.portal.record import wants_data
from backorder.portal.views import READS_AND_ACTS, find, private, show_gone, show_sheet
from backorder.portal.words import say_words

SCORES = ("1", "2", "3", "4", "5")


@require_http_methods(READS_AND_ACTS)
@private
def give_feedback(request: HttpRequest, token: str) -> HttpResponse:
    """Ask what a customer thinks, and note it; whom nobody asks is led to the order."""
    opened, now = find(token), timezone.now()
    if opened is None:
        return show_gone(request)
    order, house = opened.order, read_house()
    if has_said(order, find_moment(order)):
        return show_question(request, token, opened, "thanks")
    if not opened.may_choose or not is_asked(order, house):
        return redirect("portal-order", token)
    if request.method != "POST":
        return show_question(request, token, opened)
    score, text = request.POST.get("score", ""), read_text(request)
    if score not in SCORES or len(text) > MOST_WORDS:
        return show_question(request, token, opened, "no_score", status=422)
    try:
        note_feedback(order, Opinion(now, PAGE, int(score), text), Cause(CUSTOMER, now))
    except OrderError:  # said a moment ago, by another window
        return show_question(request, token, opened, "thanks", status=409)
    return redirect("portal-feedback", token)


def read_text(request: HttpRequest) -> str:
    """Read what was written: lines and what can be seen."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    return "".join(each for each in text if each == "\n" or each.isprintable()).strip()


def show_question(
    request: HttpRequest, token: str, opened: Opened, said: str = "", status: int = 200
) -> HttpResponse:
    """Show the question, or that it was answered; to programs the order, of which the question is a choice."""
    if wants_data(request):
        return show_sheet(request, token, opened, said, status)
    house = read_house()
    speech = Speech(choose_language(opened.order, house))
    words = say_words(speech)
    context = {
        "order": opened.order,
        "house": house,
        "speech": speech,
        "words": words,
        "token": token,
        "said": words.get(said, ""),
        "asks": said != "thanks",
        "question": words[f"ask_{find_moment(opened.order)}"],
        "scores": SCORES,
        "typed": {"score": request.POST.get("score", ""), "text": request.POST.get("text", "")[:MOST_WORDS]},
        "most": MOST_WORDS,
    }
    return render(request, "portal/feedback.html", context, status=status)

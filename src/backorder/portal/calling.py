"""The pages on which customers ask for a call, and take back what they chose."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from backorder.care import callbacks
from backorder.care.callbacks import CallWanted, find_country, read_phone
from backorder.care.changes import take_back
from backorder.care.choices import PAGE, held
from backorder.care.copies.text_wishes import note_text_wish
from backorder.orders.models import Order
from backorder.orders.services.wanted import refuse
from backorder.outbox.services import Cause
from backorder.portal.asking import ask_call, ask_texts, fill, find_fault, list_faults
from backorder.portal.changing import Asking, show_asking
from backorder.portal.dates import read_day
from backorder.portal.sheet import write_sheet
from backorder.portal.views import DIGITS, READS_AND_ACTS, act, find, private, show_gone


@require_http_methods(READS_AND_ACTS)
@private
def want_call(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on which number and when, and note that the customer wants to be called."""
    opened = find(token)
    if opened is None:
        return show_gone(request)
    sheet = write_sheet(opened.order, timezone.now())
    if not opened.may_choose or sheet.callback is not None:
        return redirect("portal-order", token)
    asking = Asking("portal-call", "call", "", ask_call(sheet.words))
    if request.method != "POST":
        return show_asking(request, sheet, token, asking)
    fields = fill(asking.fields, request.POST)
    typed = {field.name: field.value for field in fields}
    if read_phone(typed["phone"], find_country(opened.order)) is None:
        fields = find_fault(fields, "phone")
    day = read_day(typed["day"], timezone.localdate(), callbacks.FARTHEST)
    if typed["day"] and day is None:
        fields = find_fault(fields, "day")
    if list_faults(fields):
        return show_asking(request, sheet, token, replace(asking, fields=fields))
    wanted = CallWanted(typed["phone"], day, typed["part"], typed["text"])

    def note(order: Order, state: str, cause: Cause) -> None:
        with held(order, state, cause.at):
            callbacks.note_callback(order, wanted, cause)

    return act(request, token, note)


@require_http_methods(READS_AND_ACTS)
@private
def want_no_call(request: HttpRequest, token: str) -> HttpResponse:
    """Note that the customer wants no call any more."""

    def note(order: Order, _state: str, cause: Cause) -> None:
        callback = callbacks.find_open_callback(order)
        refuse(callback is None, f"order {order.number}: no call is wanted")
        assert callback is not None
        callbacks.take_callback_back(callback, cause)

    return act(request, token, note)


@require_http_methods(READS_AND_ACTS)
@private
def want_texts(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on which number, and note that the customer agrees to texts."""
    opened = find(token)
    if opened is None:
        return show_gone(request)
    sheet = write_sheet(opened.order, timezone.now())
    if not opened.may_choose or sheet.texts != "":
        return redirect("portal-order", token)
    asking = Asking("portal-texts", "texts", "texts_agree", ask_texts(sheet.words))
    if request.method != "POST":
        return show_asking(request, sheet, token, asking)
    fields = fill(asking.fields, request.POST)
    phone = fields[0].value
    if not is_known(opened.order, phone):
        fields = find_fault(fields, "phone")
    if list_faults(fields):
        return show_asking(request, sheet, token, replace(asking, fields=fields))
    return act(request, token, lambda order, _, cause: note_texts(order, phone, cause))


@require_http_methods(READS_AND_ACTS)
@private
def want_no_texts(request: HttpRequest, token: str) -> HttpResponse:
    """Note that the customer wants no texts any more."""
    return act(request, token, lambda order, _, cause: note_texts(order, "", cause))


def is_known(order: Order, phone: str) -> bool:
    """Tell whether a number is that of the customer: the link of one order can come to others, and a text holds one."""
    assert order.customer is not None  # or nobody is asked
    number = read_phone(phone, find_country(order))
    return number is not None and number == read_phone(order.customer.phone, find_country(order))


def note_texts(order: Order, phone: str, cause: Cause) -> None:
    """Note what a customer says of texts on the page of an order."""
    refuse(order.customer is None, f"order {order.number}: nobody noted whose it is")
    assert order.customer is not None
    note_text_wish(order.customer, phone, PAGE, cause, find_country(order))


@require_http_methods(READS_AND_ACTS)
@private
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Take back what was changed a while ago."""
    text = request.POST.get("entry", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else 0
    return act(request, token, lambda order, state, cause: take_back(order, number, state, cause))

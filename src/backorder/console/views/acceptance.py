"""What is sold of an item when nothing is there: setting, changing and dropping rules of acceptance."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from backorder.accounts.roles import POLICIES
from backorder.catalog.models import Item
from backorder.catalog.selectors import find_acceptance, find_item
from backorder.catalog.services import AcceptanceFacts, remove_acceptances, save_acceptances
from backorder.console.access import may_change
from backorder.console.changes import Kind, Topic
from backorder.console.forms.rules import NO_RULE, AcceptanceForm
from backorder.outbox.models import Entry
from backorder.outbox.services import Cause

LIMITS = ("cap", "horizon_days", "longest_wait_days")
Asked = tuple[Item, dict[str, str]]
"""The item from whose page one comes, and what the rule is for that the page is opened with."""


def name_scope(item: Item, typed: dict[str, Any]) -> tuple[str, str, str]:
    """Name what a rule is for, as it was typed in."""
    return item.sku if typed["of"] == "item" else "", typed["channel"], typed["customer_class"]


def read_rule(asked: Asked) -> dict[str, Any]:
    """Read what stands in the form at first: the rule as it is, if there is one."""
    item, scope = asked
    found = find_acceptance(*name_scope(item, scope))
    return {**scope, **({name: getattr(found, name) for name in ("rule", *LIMITS)} if found else {})}


def save_rule(asked: Asked, typed: dict[str, Any], cause: Cause) -> Entry | None:
    """Set or drop the rule that was typed in. Raises CatalogError."""
    scope = name_scope(asked[0], typed)
    if typed["rule"] == NO_RULE:
        return remove_acceptances([scope], cause).entry
    facts = AcceptanceFacts(typed["rule"], *scope, *(typed[name] for name in LIMITS))
    return save_acceptances([facts], cause).entry


RULE = Kind("What is sold of", "Save the rule", AcceptanceForm, read_rule, save_rule, moves_lines=False)


@require_http_methods(["GET", "POST"])
@may_change(POLICIES)
def write_rule(request: HttpRequest, sku: str) -> HttpResponse:
    """Set, change or drop a rule for an item, or for every one."""
    item = find_item(sku)
    if item is None:
        message = f"There is no item {sku}."
        raise Http404(message)
    scope = {name: request.GET.get(name, "").replace("\0", "") for name in ("channel", "customer_class")}
    scope["of"] = "all" if request.GET.get("of") == "all" else "item"
    about = "It holds for what is ordered from now on; what was let in stays."
    topic = Topic(f"{sku} when nothing is there", about, reverse("item", args=[sku]), ("", ""))
    return RULE.take(request, (item, scope), topic)

"""No page and no preview asks the database more often because there is more in it."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.console.pages import ACTS, NO_PAGE, PAGES, list_looks, list_patterns
from tests.console.whole_shop import Shop, open_whole_shop

LINE = {"requested_on": "2026-11-30", "minimum_quantity": "1", "commitment": "soft", "why": "x"}
PREVIEWS = {
    "/lines/{line}/amend": {**LINE, "quantity": "14"},
    "/order-changes/add/A-2": {**LINE, "quantity": "500", "sku": "TENT"},
    "/lines/{line}/cancel": {"quantity": "1", "by": "buyer", "why": "x"},
    "/order-changes/amend/A-2": {"priority": "5", "ship_policy": "complete", "why": "x"},
    "/order-changes/cancel/A-2": {"by": "buyer", "why": "x"},
    "/order-changes/confirm/H-0": {"why": "x"},
    "/inbound-lines/{inbound}/date": {"on": "2026-12-24", "source": "mail"},
}


def count_questions(client: Client, size: int) -> tuple[dict[str, int], dict[str, int]]:
    """Count what every page and every preview asks in a shop of a size; the shop is taken back."""
    with transaction.atomic():
        shop = open_whole_shop(User.objects.get(username="admin"), size)
        pages = {look.pattern: ask(client, look.address) for look in list_looks(shop)}
        previews = {pattern: look_ahead(client, pattern, shop) for pattern in PREVIEWS}
        transaction.set_rollback(True)
    return pages, previews


def ask(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert (address, answer.status_code) == (address, 302 if address in {"/", "/sign-in"} else 200)
    return len(asked)


def look_ahead(client: Client, pattern: str, shop: Shop) -> int:
    address = pattern.format(**shop)
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(address, {**PREVIEWS[pattern], "preview": ""})
    assert "What this will do" in answer.content.decode(), address
    return len(asked)


def test_pages_and_previews_cost_as_many_questions_however_much_there_is(admin: Client) -> None:
    admin.get("/queue")
    small, large = count_questions(admin, 3), count_questions(admin, 7)
    for before, after in zip(small, large, strict=True):
        assert {page: (before[page], after[page]) for page in before if before[page] != after[page]} == {}


def test_no_page_is_left_out() -> None:
    names = {pattern.name for pattern in list_patterns()}
    assert names == PAGES.keys() | NO_PAGE | ACTS
    assert set(PAGES).isdisjoint(NO_PAGE | ACTS)


def test_what_is_only_sent_to_shows_nothing(planner: Client) -> None:
    for pattern in list_patterns():
        if pattern.name in ACTS:
            address = "/" + str(pattern.pattern).replace("<int:", "<").replace("<view>", "1")
            assert planner.get(address.replace("<number>", "1")).status_code == 405

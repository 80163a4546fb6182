"""What stands beside an item on the page of a shop: only what the gate would promise, from the snippets of the how-to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backorder.care.house import write_house
from backorder.catalog.models import Acceptance
from tests.allocation.shop import buy, order_in, stock
from tests.architecture import tree
from tests.care.letters import HOUSE
from tests.portal.pages import clock, shop
from tests.supply.shop import NOON, cause, item

__all__ = ["clock", "shop"]  # fixtures that each test uses
pytestmark = pytest.mark.django_db
HOWTO = (tree.ROOT / "docs" / "howto" / "show-dates-on-product-pages.md").read_text("utf-8")
SITE = "https://orders.shop.example"


@pytest.fixture(autouse=True)
def badges(shop: None) -> Iterator[None]:  # noqa: ARG001 - comes before
    """Turn them on, and begin without anything that is remembered."""
    cache.clear()
    write_house(HOUSE + re.findall(r"```toml\n(.*?)```", HOWTO, re.DOTALL)[0], cause())
    item("LAMP")
    yield
    cache.clear()


def offer(client: Client, sku: str = "LAMP") -> dict[str, str]:
    cache.clear()
    answer = client.get(f"/badge/{sku}?as=jsonld")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/ld+json")
    found: dict[str, str] = answer.json()
    return {name: found[name].removeprefix("https://schema.org/") for name in found if name[0] == "a"}


def test_it_says_what_the_gate_would_promise_for_one_unit(client: Client) -> None:
    assert offer(client) == {"availability": "BackOrder"}
    order_in("LAMP", 2, "PO-1", days=10)
    assert offer(client) == {"availability": "BackOrder", "availabilityStarts": "2026-12-04"}
    stock("LAMP", 1)
    assert offer(client) == {"availability": "InStock"}
    buy("A-1", ("LAMP", 1))
    assert offer(client) == {"availability": "BackOrder", "availabilityStarts": "2026-12-04"}
    Acceptance.objects.create(item=item("LAMP"), rule=Acceptance.NONE)
    assert offer(client) == {"availability": "OutOfStock"}


def test_the_snippets_of_the_howto_answer_as_it_says(client: Client) -> None:
    order_in("LAMP", 2, "PO-1", days=10)
    asked = re.findall(rf"curl '{SITE}(/badge/\S+)'\n(.*)", HOWTO)
    assert [client.get(path).json() for path, _ in asked] == [json.loads(said) for _, said in asked]
    assert len(asked) == 2
    frame, picture = re.findall(rf'src="{SITE}(/badge/[^"]+)"', HOWTO)
    page = client.get(frame)
    assert "To order: ships by 4 December 2026" in page.content.decode()
    assert ("X-Frame-Options" in page, "frame-ancestors *" in page["Content-Security-Policy"]) == (
        False,
        True,
    )
    drawn = client.get(picture.replace("&amp;", "&"))
    assert (
        drawn["Content-Type"],
        "<title>To order: ships by 4 December 2026</title>" in drawn.content.decode(),
    ) == (*("image/svg+xml", True),)


def test_a_page_with_many_readers_asks_the_database_once_a_minute(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get("/badge/LAMP?as=json&lang=en")
    with CaptureQueriesContext(connection) as queries:
        for form in ("html", "svg", "json", "jsonld"):
            assert client.get(f"/badge/LAMP?as={form}&lang=fr").status_code == 200
        again = client.get("/badge/LAMP?as=json&lang=en", headers={"if-none-match": first["ETag"]})
    assert (len(queries), again.status_code, first["Cache-Control"]) == (0, 304, "public, max-age=60")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=1))
    with CaptureQueriesContext(connection) as queries:
        client.get("/badge/LAMP?as=json&lang=en")
    assert len(queries) > 0  # another day is another answer


def test_every_site_may_read_it_and_no_cookie_is_set(client: Client) -> None:
    answer = client.get(
        "/badge/LAMP?as=json", headers={"accept-language": "de-AT", "origin": "https://x.example"}
    )
    assert (answer["Access-Control-Allow-Origin"], answer.cookies, answer["Vary"]) == (
        "*",
        {},
        "Accept-Language",
    )
    assert answer.json()["text"] == "Bestellbar: noch ist kein Tag sicher"
    assert client.post("/badge/LAMP").status_code == 405


def test_what_there_is_not_has_no_badge_and_none_is_there_until_the_house_wants_it(client: Client) -> None:
    for path in ("/badge/NOTHING", "/badge/LAMP?as=pdf", f"/badge/{'x' * 5_000}"):
        assert client.get(path).status_code == 404
    item("SET/1")
    assert client.get("/badge/SET/1?as=json").json()["sku"] == "SET/1"
    write_house(HOUSE, cause())
    cache.clear()
    assert client.get("/badge/LAMP").status_code == 404

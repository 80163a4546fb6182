"""What holds for every page: sign-in, what a browser may do, faults, theme."""

from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings
from django.urls import URLPattern

from backorder.accounts import services
from backorder.outbox.models import Entry
from tests.console.conftest import PASSWORD
from tests.console.pages import OPEN_TO_ALL, list_patterns
from tests.supply.shop import cause


def example(pattern: URLPattern) -> str:
    """Write an address of a page, with 1 for whatever it takes."""
    return "/" + re.sub(r"<[^>]+>", "1", str(pattern.pattern))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "pattern", [page for page in list_patterns() if page.name not in OPEN_TO_ALL], ids=lambda page: page.name
)
def test_a_stranger_is_led_to_the_sign_in_page_and_back(pattern: URLPattern) -> None:
    address = example(pattern)
    for ask in (Client().get, Client().post):
        answer = ask(address)
        assert answer.status_code in {302, 405}
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/sign-in?next=/")


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", list_patterns(), ids=lambda page: page.name)
def test_no_form_is_taken_without_its_token(pattern: URLPattern) -> None:
    answer = Client(enforce_csrf_checks=True).post(example(pattern))
    assert answer.status_code in {403, 405}
    if answer.status_code == 403:
        assert "The form has expired" in answer.content.decode()


@pytest.mark.django_db
def test_signing_in_leads_where_one_wanted_to_go() -> None:
    services.add_user("anna", "planner", PASSWORD, cause())
    client = Client()
    answer = client.post("/sign-in?next=/design", {"username": "anna", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/design")
    assert client.get("/design").status_code == 200
    client.post("/sign-out")
    assert client.get("/design").status_code == 302


@pytest.mark.django_db
def test_no_stranger_sends_people_elsewhere_after_they_signed_in() -> None:
    services.add_user("anna", "planner", PASSWORD, cause())
    answer = Client().post("/sign-in?next=//evil.example", {"username": "anna", "password": PASSWORD})
    assert answer.headers["Location"] == "/"
    answer = Client().post("/theme", {"theme": "dark", "back": "//evil.example"})
    assert answer.headers["Location"] == "/"


@pytest.mark.django_db
def test_a_wrong_password_is_told_and_the_sixth_waits() -> None:
    services.add_user("anna", "planner", PASSWORD, cause())
    client = Client()
    for _ in range(5):
        page = client.post("/sign-in", {"username": "anna", "password": "wrong"}).content.decode()
        assert "Name and password do not belong together." in page
    page = client.post("/sign-in", {"username": "anna", "password": PASSWORD}).content.decode()
    assert re.search(r"Too many wrong passwords\. Try again after \d\d:\d\d\.", page)
    assert client.get("/design").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(("https", "codes"), [(True, [200, 302]), (False, [200, 200])])
def test_wrong_passwords_are_counted_by_where_they_come_from(*, https: bool, codes: list[int]) -> None:
    services.add_user("anna", "planner", PASSWORD, cause())
    client, found = Client(), []
    with override_settings(HTTPS=https):
        for turn in range(5):  # what the browser says of itself stands before what the proxy adds
            said = {"x-forwarded-for": f"10.0.0.{turn}, 192.0.2.1"}
            client.post("/sign-in", {"username": "anna", "password": "wrong"}, headers=said)
        for address in ("192.0.2.1", "192.0.2.2"):
            right = {"username": "anna", "password": PASSWORD}
            found.append(client.post("/sign-in", right, headers={"x-forwarded-for": address}).status_code)
    assert found == codes


@pytest.mark.django_db
@pytest.mark.parametrize(("place", "alone"), [("", True), (" --data /srv/shop", False)])
def test_the_first_visitor_alone_reads_how_to_add_a_user(place: str, *, alone: bool) -> None:
    add = f"backorder user add NAME --role admin{place}"
    with override_settings(ADD_USER=add, ADD_USER_NAMES_DATA=not alone):
        page = Client().get("/sign-in").content.decode()
        assert (f"<pre>{add}</pre>" in page, "the same DATABASE_URL as this site" in page) == (True, alone)
        services.add_user("anna", "planner", PASSWORD, cause())
        services.remove_user("anna", cause())
        page = Client().get("/sign-in").content.decode()
        assert ("user add" in page, "/srv/shop" in page, "DATABASE_URL" in page) == (False, False, False)


@pytest.mark.django_db
def test_a_page_may_run_nothing_that_is_not_ours() -> None:
    answer = Client().get("/sign-in")
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    cookie = answer.cookies["csrftoken"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_no_page_has_script_or_style_of_its_own(planner: Client) -> None:
    page = planner.get("/design").content.decode()
    assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:", page) == []


def test_health_needs_no_sign_in(db: None) -> None:  # noqa: ARG001 - gives the database
    answer = Client().get("/health")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_an_address_without_a_page_says_so(planner: Client) -> None:
    answer = planner.get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("/items/%00", None),
        ("/orders/%00", None),
        ("/inbound/%00", None),
        ("/queue?search=%00", None),
        ("/queue/views", {"name": "a\0"}),
        ("/warehouse/block", {"order": "A-1", "reason": "\0"}),
        ("/import/1", {"why": "\0"}),
    ],
)
def test_a_nul_is_refused_in_words(planner: Client, address: str, typed: dict[str, str] | None) -> None:
    answer = planner.get(address) if typed is None else planner.post(address, typed)
    assert answer.status_code == 400
    assert "It holds a character (NUL) that no text here can hold." in answer.content.decode()


def test_an_item_with_a_line_feed_is_not_found(planner: Client) -> None:
    assert planner.get("/stock/count?sku=a%0Ab").status_code == 404
    assert planner.get("/stock/count?sku=%0A").status_code == 200


def test_the_theme_is_kept_and_taken_back(planner: Client) -> None:
    assert '<html lang="en">' in planner.get("/design").content.decode()
    planner.post("/theme", {"theme": "dark", "back": "/design"})
    assert '<html lang="en" data-theme="dark">' in planner.get("/design").content.decode()
    planner.post("/theme", {"theme": "purple"})
    assert '<html lang="en">' in planner.get("/design").content.decode()


def test_the_design_page_changes_nothing(planner: Client) -> None:
    before = Entry.objects.count()
    page = planner.get("/design?toast").content.decode()
    assert '<p class="toast success">12 of LAMP-2 received.' in page
    assert Entry.objects.count() == before

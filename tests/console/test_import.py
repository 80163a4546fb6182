"""Import: faults by file and row, what would change, then apply."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backorder.catalog.models import Item
from backorder.console import tasks
from backorder.console.models import Upload
from backorder.console.uploads import UploadError
from backorder.console.views.imports import read_handed
from backorder.orders.models import Line
from backorder.outbox.models import Entry
from tests.console.shop import open_shop
from tests.console.test_orders import read_text
from tests.supply.shop import NOON

STOCK = "sku,location,on_hand\nLAMP,main,{units}\n"


def hand_in(client: Client, **tables: str) -> str:
    """Hand in CSV files by table; gives where one is led."""
    files = [SimpleUploadedFile(f"{name}.csv", text.encode()) for name, text in tables.items()]
    answer = client.post("/import", {"files": files})
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_faults_are_listed_by_file_and_row_and_nothing_changes(planner: Client) -> None:
    open_shop()
    before = Entry.objects.count()
    said = read_text(planner, hand_in(planner, stock="sku,location,on_hand\nLAMP,main,many\nLAMPE,main,3\n"))
    assert "These files have faults, and nothing was changed." in said
    assert "stock.csv" in said
    assert "on_hand" in said
    assert "Apply" not in said
    assert Entry.objects.count() == before


def test_what_would_change_is_shown_then_applied(planner: Client) -> None:
    open_shop()
    address, before = hand_in(planner, stock=STOCK.format(units=40)), Entry.objects.count()
    said = read_text(planner, address)
    assert "stock 0 1 0 0" in said
    assert "A-3 line 1 LAMP" in said
    assert Entry.objects.count() == before
    answer = planner.post(address, {"why": "yearly count"})
    assert answer.headers["Location"] == "/queue"
    assert Entry.objects.filter(what="files.imported").get().why == "yearly count"
    assert Line.objects.get(order__number="A-3").standing.unallocated == 0
    assert planner.get(address).status_code == 404


def test_files_are_ones_own_and_kept_for_an_hour(planner: Client, reader: Client) -> None:
    open_shop()
    address = hand_in(planner, stock=STOCK.format(units=9))
    assert reader.get(address).status_code == 403
    Upload.objects.update(at=NOON - dt.timedelta(minutes=61))
    assert planner.post(address).status_code == 404
    hand_in(planner, stock=STOCK.format(units=9))
    assert Upload.objects.count() == 1


def test_files_that_nobody_applied_and_old_sessions_go_at_night(planner: Client) -> None:
    open_shop()
    hand_in(planner, stock=STOCK.format(units=9))

    def pass_night(now: dt.datetime) -> tuple[int, int]:
        for job in (tasks.drop_old_uploads, tasks.drop_old_sessions):
            job(timestamp=int(now.timestamp()))
        return Upload.objects.count(), Session.objects.count()

    assert tasks.__name__ in settings.PROCRASTINATE_IMPORT_PATHS
    assert pass_night(NOON + dt.timedelta(minutes=59)) == (1, 1)
    Session.objects.update(expire_date=NOON - dt.timedelta(days=1))
    assert pass_night(NOON + dt.timedelta(minutes=61)) == (0, 0)


def test_no_file_and_one_name_twice_are_told(planner: Client) -> None:
    assert "No file was chosen." in planner.post("/import", {}).content.decode()
    files = [SimpleUploadedFile("stock.csv", b"sku\n"), SimpleUploadedFile("stock.csv", b"sku\n")]
    assert "was handed in twice" in planner.post("/import", {"files": files}).content.decode()
    assert Upload.objects.count() == 0


def test_files_that_are_too_large_are_refused_before_they_are_read() -> None:
    unreadable: list[UploadedFile[bytes]] = [
        UploadedFile(None, f"{name}.csv", size=17 * 2**20) for name in ("orders", "stock")
    ]
    with pytest.raises(UploadError, match=r"The files are 34 MB together, and 32 MB are taken here\."):
        read_handed(unreadable)


def test_an_empty_shop_says_how_to_begin_and_takes_the_sample(planner: Client) -> None:
    assert "Load the sample shop" in planner.get("/").content.decode()
    assert planner.post("/import/sample").headers["Location"] == "/queue"
    assert (Item.objects.count(), Line.objects.count()) == (60, 400)
    assert planner.get("/").headers["Location"] == "/queue"
    before = Entry.objects.count()
    planner.post("/import/sample")
    assert Entry.objects.count() == before


def test_the_page_costs_as_many_questions_however_often_it_is_asked(
    planner: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(2):
        with django_assert_num_queries(3):
            planner.get("/import")
        open_shop() if not Item.objects.exists() else None

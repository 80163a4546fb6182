"""What others sell, from a file: what differs is noted in the place of what was, what is not listed stays unless it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from backorder.care.models import OutsideOffer
from backorder.care.offers.outside import Outside, note_outside
from backorder.catalog.models import Item
from backorder.channels.files.intake.services import Report
from backorder.console.journal import say_entry
from backorder.outbox.models import Entry
from backorder.outbox.selectors import read_story
from tests.channels.intake.database import bring, dump, look
from tests.supply.shop import TODAY, cause, item

pytestmark = pytest.mark.django_db
HEADER = "sku,url,kind,title,price,currency,seen_on,until\n"
USED = "https://others.example/1"
NO_LINK = "is no address that can be linked; name one that begins with https:// or http://, of 2,000 characters at most"


def write(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "outside_offers.csv"
    path.write_text(header + "".join(f"{row}\n" for row in rows), "utf-8")
    return path


def stands() -> list[tuple[object, ...]]:
    fields = ("item__sku", "url", "kind", "title", "price", "currency", "seen_on", "until")
    return list(OutsideOffer.objects.filter(outcome="").order_by("item__sku", "url").values_list(*fields))


def counts(report: Report) -> tuple[int, ...]:
    assert report.faults == ()
    ((name, counted),) = report.counts
    assert name == "outside_offers"
    return (counted.new, counted.changed, counted.unchanged, counted.gone)


def test_a_row_is_noted_and_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    item("LAMP")
    Item.objects.create(sku="TEA", currency="JPY")
    path = write(
        tmp_path,
        f"LAMP,{USED},second_hand,A used lamp,9.50,,2026-11-20,2026-12-31",
        "TEA,http://tea.example/a?b=1,marketplace,Tea,1250,,,",
        f"TEA,{USED},second_hand,Old tea,,USD,,",
    )
    assert counts(bring(path)) == (3, 0, 0, 0)
    seen, until = TODAY.replace(day=20), TODAY.replace(month=12, day=31)
    assert stands() == [
        ("LAMP", USED, "second_hand", "A used lamp", 950, "EUR", seen, until),
        ("TEA", "http://tea.example/a?b=1", "marketplace", "Tea", 1250, "JPY", TODAY, None),
        ("TEA", USED, "second_hand", "Old tea", None, "USD", TODAY, None),
    ]
    before = dump()
    report = bring(path)
    assert (counts(report), report.entry) == ((0, 0, 3, 0), None)
    assert dump() == before


def test_what_differs_is_noted_in_the_place_of_what_was_and_blank_days_stay(tmp_path: Path) -> None:
    note_outside(Outside(item("LAMP"), "second_hand", USED, "A lamp", TODAY.replace(day=2), 900), cause())
    other = note_outside(Outside(item("LAMP"), "marketplace", f"{USED}2", "Another", TODAY), cause())
    path = write(tmp_path, f"LAMP,{USED},second_hand,A lamp,8", header="sku,url,kind,title,price\n")
    report = bring(path)
    assert counts(report) == (0, 1, 0, 0)
    assert [row[3:7] for row in stands()] == [
        ("A lamp", 800, "EUR", TODAY.replace(day=2)),
        ("Another", None, "EUR", TODAY),
    ]
    assert list(OutsideOffer.objects.exclude(outcome="").values_list("price", "outcome")) == [
        (900, "replaced")
    ]
    entry = read_story("item", "LAMP").get(what="outside.listed")
    assert entry.caused_by_id == report.entry
    assert say_entry(entry) == "noted from a file what others sell instead: 1 offer, 0 no more shown"
    assert other is not None
    assert counts(bring(path, complete=("outside_offers",))) == (0, 0, 1, 1)
    other.refresh_from_db()
    assert (other.outcome, [row[3] for row in stands()]) == ("removed", ["A lamp"])
    assert say_entry(Entry.objects.filter(what="outside.listed").latest("pk")) == (
        "noted from a file what others sell instead: 0 offers, 1 no more shown"
    )


def test_every_fault_has_its_row_and_nothing_is_changed(tmp_path: Path) -> None:
    note_outside(Outside(item("LAMP"), "second_hand", USED, "A lamp", TODAY, 900), cause())
    path = write(
        tmp_path,
        f"LAMP,{USED},second_hand,A lamp,8,,,",
        "LAMP,javascript:alert(1),gift,A lamp,1,,,",
        "LMAP,https://others.example/2,marketplace,A lamp,-1,,2026-13-01,",
        f"LAMP,{USED},marketplace,A lamp,,,,",
    )
    before = dump()
    faults = (
        "outside_offers.csv:3: kind: 'gift' is not one of marketplace, second_hand",
        "outside_offers.csv:4: price: -1 is not an amount of at least 0 with at most six decimals",
        "outside_offers.csv:4: seen_on: '2026-13-01' names a day that does not exist",
        "outside_offers.csv:5: sku + url: 'LAMP', 'https://others.example/1' is there already, in record 2",
        "outside_offers.csv:4: sku: 'LMAP' is not in the database, and there is no table of items that has it",
    )
    assert sorted(look(path).faults) == sorted(faults)
    path = write(
        tmp_path,
        "LAMP,javascript:alert(1),second_hand,A lamp,1,,,",
        f"LAMP,{USED}2,second_hand,{'x' * 201},8.505,euro,2026-11-25,",
        f"LAMP,{USED}3,second_hand,A lamp,8.505,,,2026-11-01",
    )
    others = (
        f"outside_offers.csv:2: url: 'javascript:alert(1)' {NO_LINK}",
        "outside_offers.csv:3: title: name a title of 1 to 200 characters, in one line",
        "outside_offers.csv:3: currency: 'euro' is no currency; name three capital letters, as EUR",
        "outside_offers.csv:3: price: 8.505 euro: euro has 2 places",
        "outside_offers.csv:3: seen_on: seen on 2026-11-25, which is still to come",
        "outside_offers.csv:4: price: 8.505 EUR: EUR has 2 places",
        "outside_offers.csv:4: until: until 2026-11-01, which is before 2026-11-24",
    )
    assert sorted(look(path).faults) == sorted(others)
    assert bring(path).faults == look(path).faults
    assert dump() == before


def test_an_item_that_comes_with_the_same_files_is_known(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("sku,price,currency\nCUP,100,JPY\n", "utf-8")
    write(tmp_path, f"CUP,{USED},marketplace,A cup,90,,,")
    report = bring(tmp_path)
    assert report.faults == ()
    assert [(row[0], row[4], row[5]) for row in stands()] == [("CUP", 90, "JPY")]

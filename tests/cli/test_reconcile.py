"""`backorder reconcile`, as a process with a server of its own."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from backorder import postgres


@pytest.fixture
def data() -> Iterator[Path]:
    """Give a folder for a database; its server is stopped at the end."""
    top = Path(tempfile.mkdtemp(prefix="backorder-cli-"))
    top.chmod(0o755)
    yield top / "data"
    if (top / "data" / "PG_VERSION").exists():
        postgres.start(top / "data").stop()
    shutil.rmtree(top)


def reconcile(*arguments: str, **environment: str) -> tuple[int, str, str]:
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ended = subprocess.run(
        [sys.executable, "-m", "backorder", "reconcile", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**given, **environment},
    )
    return ended.returncode, ended.stdout, ended.stderr


def begin(data: Path) -> tuple[int, str]:
    """Begin a shop."""
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "backorder", "key", "add", "web-shop", "--scope", "orders:read"]
    ended = subprocess.run(
        [*command, "--data", str(data)], check=False, capture_output=True, text=True, env=given
    )
    return ended.returncode, ended.stderr


COUNTED = (
    "0 levels, 0 inbound lines, 0 open lines, 0 allocations, 0 releases, 0 shipments, 0 payments, "
    "0 transfers of money, 0 charges"
)
EMPTY = (0, f"all agree: {COUNTED}\n", "")


def test_a_new_database_agrees_and_a_changed_one_is_told(data: Path) -> None:
    assert begin(data)[0] == 0
    assert reconcile("--data", str(data)) == EMPTY
    server = postgres.start(data)
    with psycopg.connect(server.url) as connection:
        connection.execute(
            "INSERT INTO catalog_item (sku, name, price, currency, pack_size) VALUES ('LAMP', '', 0, 'EUR', 1)"
        )
        connection.execute("INSERT INTO catalog_location (code, name) VALUES ('main', '')")
        connection.execute("ALTER TABLE supply_level DISABLE TRIGGER USER")
        connection.execute(
            "INSERT INTO supply_level (item_id, location_id, status, on_hand, allocated) "
            "SELECT i.id, p.id, 'sellable', 5, 0 FROM catalog_item i, catalog_location p"
        )
    code, told, _ = reconcile("--data", str(data))
    assert code == 1
    assert re.split(r" {2,}", told.splitlines()[1]) == [
        "LAMP at main, sellable",
        "on hand is the sum of its movements",
        "5",
        "0",
    ]


def test_two_who_come_to_a_new_database_at_once_make_its_tables_once(data: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda _: begin(data), range(2)))
    told = "key web-shop may: orders:read; keep its secret, it is not shown again:\n"
    assert sorted(ended) == [(0, told), (2, "there is a key web-shop already; names are used once\n")]
    assert reconcile("--data", str(data)) == EMPTY


def test_a_password_is_not_told(data: Path) -> None:
    _, _, told = reconcile(DATABASE_URL=f"postgresql://anna:geheim@/shop?host={data}")
    assert f"no database answers at postgresql://anna:***@/shop?host={data}: " in told
    _, _, told = reconcile(DATABASE_URL=f"host={data} password='ge heim' user=anna")
    assert f"no database answers at host={data} password=*** user=anna: " in told


def test_a_server_that_does_not_answer_and_an_address_that_is_none_are_told(data: Path) -> None:
    nowhere = f"postgresql:///shop?host={data}"
    code, _, told = reconcile(DATABASE_URL=nowhere)
    assert (
        code,
        told.startswith(f"could not read or write, nothing was written: no database answers at {nowhere}: "),
    ) == (4, True)
    code, _, told = reconcile(DATABASE_URL="mysql://shop")
    assert (code, told.startswith("DATABASE_URL is no address of a PostgreSQL server")) == (2, True)

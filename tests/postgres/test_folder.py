"""The folder of a database: odd names, what else may lie there, and whose it is."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from backorder import postgres
from backorder.config.settings import read_database
from backorder.postgres import ServerError, programs
from backorder.postgres.folder import alone, find_folder
from backorder.postgres.programs import SYSTEM_FOLDER, User
from tests.postgres.conftest import NOBODY, START, run_python
from tests.postgres.test_server import start_by_hand

OTHER_VERSION = (
    "was made by PostgreSQL 15, and this program brings 18; write a backup with the version of backorder "
    "that made it, and restore that into a new folder"
)
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
OPEN = pytest.mark.skipif(
    not programs.is_open(programs.find_site(), User("nobody", NOBODY, NOBODY)),
    reason="the packages stand in a folder that is closed to other users: none of them can start a server",
)


@pytest.mark.parametrize(
    "name",
    [
        "a shop",
        "50% off %41 %zz",
        'it\'s "ours"',
        "$(touch laid) `touch laid` $HOME \\",
        "Größe 東京 🦉",
        "a,b",
        "#x?y=z&host=w@q:1",
        "-D",
    ],
)
def test_any_name_of_a_folder_will_do(folder: Path, name: str) -> None:
    data = folder / name
    started = postgres.start(data, durable=False)
    with psycopg.connect(started.url) as connection:
        assert connection.execute("SHOW data_directory").fetchone() == (str(data),)
    settings = read_database(started.url)
    names = {"host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"]}
    with psycopg.connect(dbname=settings["NAME"], **names) as connection:
        assert connection.execute("SHOW data_directory").fetchone() == (str(data),)
    assert postgres.start(data) == started
    socket = Path(settings["HOST"])
    started.stop()
    assert sorted(path.name for path in folder.iterdir()) == sorted([f".{name}.lock", name])
    assert socket == data or not socket.exists()


@pytest.mark.parametrize("parts", [("long" * 25, "data"), ("l" * 255, "m" * 255, "n" * 255)])
def test_a_long_path_has_its_socket_elsewhere(folder: Path, parts: tuple[str, ...]) -> None:
    data = folder.joinpath(*parts)
    started = postgres.start(data, durable=False)
    with psycopg.connect(started.url) as connection:
        socket = Path(connection.info.host)
    assert socket.stat().st_mode & 0o777 == 0o700
    assert postgres.start(data) == started
    started.stop()
    assert not socket.exists()


def test_a_link_to_a_folder_is_that_folder(folder: Path) -> None:
    (folder / "link").symlink_to("data")
    (folder / "data").mkdir()
    started = postgres.start(folder / "link", durable=False)
    assert started.folder == folder / "data"
    assert (folder / "link").is_symlink()
    assert postgres.start(folder / "data") == started


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "n" * 255 + "/" + "o" * 255 + "/" + "p" * 255 + "/" + "q" * 255,
            r"has 1\d+ bytes, and PostgreSQL takes 900",
        ),
        ("two\nlines", r"two\\nlines' has a line break in its name; name another folder"),
        ("\udcff", r"\\udcff' is no text; name a folder in letters"),
    ],
)
def test_a_name_that_postgresql_cannot_keep_is_refused(folder: Path, name: str, told: str) -> None:
    with pytest.raises(ServerError, match=told):
        postgres.start(folder / name)
    assert list(folder.iterdir()) == []


def lay_letter(data: Path) -> None:
    data.mkdir()
    (data / "letter.txt").write_text("dear", "utf-8")


def lay_old_version(data: Path) -> None:
    data.mkdir()
    (data / "PG_VERSION").write_text("15\n", "utf-8")


def lay_half(data: Path) -> None:
    data.mkdir()
    (data / "PG_VERSION").write_text("18\n", "utf-8")


def lay_file(data: Path) -> None:
    data.write_text("dear", "utf-8")


@pytest.mark.parametrize(
    ("lay", "told"),
    [
        (lay_letter, "is not empty and holds no database; name another folder"),
        (
            lay_old_version,
            OTHER_VERSION,
        ),
        (lay_half, "holds half a database; restore a backup into another folder"),
        (lay_file, "is a file; name a folder"),
    ],
)
def test_what_is_no_database_of_ours_is_refused_and_stays(folder: Path, lay: object, told: str) -> None:
    data = folder / "data"
    assert callable(lay)
    lay(data)
    before = sorted((path.name, path.stat().st_mtime_ns) for path in data.rglob("*"))
    with pytest.raises(ServerError) as caught:
        postgres.start(data)
    assert str(caught.value) == f"{data} {told}"
    assert sorted((path.name, path.stat().st_mtime_ns) for path in data.rglob("*")) == before


def test_a_lock_is_not_followed_to_another_file(folder: Path) -> None:
    victim = folder / "victim"
    victim.write_text("kept", "utf-8")
    (folder / ".data.lock").symlink_to(victim)
    with pytest.raises(
        ServerError, match=r"\.data\.lock is a link, and a lock is not followed elsewhere; remove"
    ):
        postgres.start(folder / "data")
    (folder / ".data.lock").unlink()
    (folder / ".data.lock").symlink_to(folder / "new")
    with pytest.raises(ServerError, match=r"\.data\.lock is a link"):
        postgres.start(folder / "data")
    assert victim.read_text("utf-8") == "kept"
    assert sorted(path.name for path in folder.iterdir()) == [".data.lock", "victim"]


def test_what_a_lock_holds_stays(folder: Path) -> None:
    (folder / ".data.lock").write_text("kept", "utf-8")
    with alone(folder / "data", None):
        pass
    assert (folder / ".data.lock").read_text("utf-8") == "kept"


@AS_ROOT
def test_a_lock_that_somebody_else_laid_is_refused(folder: Path) -> None:
    lock = folder / ".data.lock"
    lock.touch()
    os.chown(lock, NOBODY, NOBODY)
    with pytest.raises(ServerError, match=r"\.data\.lock is not our lock but nobody's; remove it"):
        postgres.start(folder / "data")
    assert not (folder / "data").exists()


def test_what_others_left_under_our_names_stays(folder: Path) -> None:
    other = folder / ".data.abcdefgh.part"
    other.symlink_to(folder / "elsewhere")
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "kept").touch()
    (folder / ".data.copy.part").mkdir()
    postgres.start(folder / "data", durable=False)
    assert (folder / "elsewhere" / "kept").exists()
    assert other.is_symlink()
    assert (folder / ".data.copy.part").exists()


def test_a_socket_that_another_server_took_is_told(folder: Path) -> None:
    data, other = folder / "data", folder / "other"
    postgres.start(data, durable=False).stop()
    postgres.start(other, durable=False).stop()
    start_by_hand(other, f"unix_socket_directories={data}", wait=True)
    taker = (other / "postmaster.pid").read_text("utf-8").splitlines()[0]
    with pytest.raises(ServerError) as caught:
        postgres.start(data)
    assert str(caught.value) == (
        f"the socket .s.PGSQL.5432 in {data} is taken by process {taker}; stop it, or name another folder"
    )
    assert (data / ".s.PGSQL.5432.lock").exists()


@contextmanager
def disk(folder: Path, options: str) -> Iterator[None]:
    """Mount a small disk in memory; leave the test out where that is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "backorder-test", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no disk may be mounted here")
    yield
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607 - a program of the system


@AS_ROOT
def test_a_full_disk_is_told_and_nothing_is_left(folder: Path) -> None:
    with disk(folder / "disk", "size=8m,mode=755"):
        with pytest.raises(
            ServerError, match=r"the disk is full; make room, or name a folder on another disk \("
        ):
            postgres.start(folder / "disk" / "data")
        assert [path.name for path in (folder / "disk").iterdir()] == [".data.lock"]


@AS_ROOT
def test_a_disk_that_cannot_be_written_is_told(folder: Path) -> None:
    with (
        disk(folder / "disk", "size=8m,mode=755,ro"),
        pytest.raises(
            ServerError, match=r"no file can be made there \(Read-only file system\); name another"
        ),
    ):
        postgres.start(folder / "disk" / "data")


@AS_ROOT
def test_a_folder_that_is_a_disk_is_refused(folder: Path) -> None:
    with disk(folder / "data", "size=100m,mode=755"):
        with pytest.raises(
            ServerError, match=r"data is a disk of its own; name a folder inside it, as .*data/data$"
        ):
            postgres.start(folder / "data", durable=False)
        assert list((folder / "data").iterdir()) == []


@AS_ROOT
def test_an_ordinary_user_is_told_what_is_closed(folder: Path) -> None:
    (folder / "closed").mkdir(mode=0o700)
    (folder / "roots").mkdir()
    told = {
        name: run_python(START, folder / name, NOBODY).stderr.strip()
        for name in ("closed/data", "roots", "roots/deep/data", "data")
    }
    assert told == {
        "closed/data": f"{folder}/closed/data cannot be looked at (Permission denied); name a folder elsewhere",
        "roots": f"{folder}/roots belongs to root; start it as root, or name another folder",
        "roots/deep/data": f"no folder can be made in {folder}/roots (Permission denied); name a folder elsewhere",
        "data": f"no database in {folder}: no file can be made there (Permission denied); name another folder",
    }
    assert sorted(path.name for path in folder.rglob("*")) == ["closed", "roots"]


@AS_ROOT
@OPEN
def test_the_server_of_an_ordinary_user_is_found_by_root_and_started_as_that_user(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, NOBODY, NOBODY)
    told = run_python(START, home / "data", NOBODY)
    assert (told.returncode, told.stderr) == (0, "")
    found = postgres.start(home / "data")
    assert found.url == told.stdout.strip()
    found.stop()
    assert postgres.start(home / "data", durable=False).url == found.url
    assert (home / "data" / "postmaster.pid").stat().st_uid == NOBODY
    assert run_python(START, home / "data", NOBODY).stdout.strip() == found.url


@AS_ROOT
def test_root_never_opens_a_closed_folder(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    with pytest.raises(ServerError, match=rf"^{home} is closed to other users, and root's database runs as "):
        postgres.start(home / "shop" / "data")
    assert (home.stat().st_mode & 0o777, list(home.iterdir())) == (0o700, [])


@AS_ROOT
def test_root_with_a_closed_mask_makes_folders_that_the_server_can_enter(folder: Path) -> None:
    told = run_python(START, folder / "deep" / "shop" / "data", umask=0o077)
    assert (told.returncode, told.stderr) == (0, "")
    found = [path.stat().st_mode & 0o777 for path in (folder / "deep", folder / "deep" / "shop")]
    assert found == [0o755, 0o755]
    assert (folder / "deep" / "shop" / "data").stat().st_mode & 0o777 == 0o700


@AS_ROOT
def test_programs_that_are_closed_to_others_are_copied_to_an_open_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Path(str(find_spec(programs.PACKAGE).origin)).parent.parent  # type: ignore[union-attr]
    closed, copy = folder / "closed", folder / "system" / "copy"
    person = User("nobody", NOBODY, NOBODY)
    for name in (programs.INSIDE, f"{programs.PACKAGE}.libs"):
        shutil.copytree(site / name, closed / name)
    assert programs.is_open(closed, person)
    for path in closed.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)  # as whoever installs with umask 077 has them
    assert not programs.is_open(closed, person)
    before = os.umask(0o077)
    try:
        programs.copy_programs(closed, copy)
        programs.copy_programs(closed, copy)  # as whoever comes second
    finally:
        os.umask(before)
    assert [path.name for path in (folder / "system").iterdir()] == ["copy"]
    assert programs.is_open(copy, person)
    monkeypatch.setattr(programs, "find_programs", lambda _: copy / programs.INSIDE / "bin")
    with psycopg.connect(postgres.start(folder / "data", durable=False).url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_system_folder_has_one_name() -> None:
    assert find_folder(SYSTEM_FOLDER / ".." / "backorder") == SYSTEM_FOLDER

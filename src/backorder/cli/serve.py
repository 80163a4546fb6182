"""`backorder serve`: the console, on one machine."""

from __future__ import annotations

import os
import socket
import time
from threading import Thread
from typing import Annotated, Any

import typer

from backorder.cli.add_user import tell_add_user, write_add_user
from backorder.cli.application import app
from backorder.cli.database import HERE, Data, open_or_begin
from backorder.faults import FaultyInputError

HIGHEST_PORT = 65_535
LOOK_SECONDS = 0.05
THREADS = 8
"""Requests answered at once; each holds a connection to the database."""
HELP = """Serve the console until Ctrl-C.

\b
Example:
  backorder serve --port 8000 --data var/data
"""


@app.command(help=HELP)
def serve(
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Where to listen; 127.0.0.1: this machine alone.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=1, max=HIGHEST_PORT, help="The port to listen on.")
    ] = 8000,
    data: Data = HERE,
) -> int:
    """Serve the console."""
    refuse_taken(host, port)
    refuse_unsigned()
    os.environ.setdefault("BACKORDER_ADD_USER", write_add_user(data))
    open_or_begin(data)
    serve_until_stopped(host, port, tell_add_user())
    return 0


def refuse_taken(host: str, port: int) -> None:
    """Raise FaultyInputError if nobody can listen there."""
    try:
        family, kind, place = find_place(host, port)
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
    except OSError as error:
        text = f"--port: nobody can listen on {host} port {port} ({error.strerror}); name another"
        raise FaultyInputError([text]) from error


def find_place(host: str, port: int) -> tuple[socket.AddressFamily, socket.SocketKind, Any]:
    """Find what a host and port are to the system. Raises OSError."""
    family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return family, kind, place


def refuse_unsigned() -> None:
    """Raise FaultyInputError if there is no key to sign sessions with: that of an embedded database is made with it."""
    if os.environ.get("DATABASE_URL") and not os.environ.get("BACKORDER_SECRET_KEY"):
        text = "BACKORDER_SECRET_KEY is not set: with a database server of your own, name 50 random characters that stay the same"
        raise FaultyInputError([text])


def serve_until_stopped(host: str, port: int, then: str = "") -> None:
    """Answer requests until a signal ends it. `then` is said once it answers."""
    from granian.constants import Interfaces  # noqa: PLC0415 - only this command serves
    from granian.log import LogLevels  # noqa: PLC0415
    from granian.server import Server  # noqa: PLC0415

    server = Server(
        "backorder.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        log_level=LogLevels.error,
        websockets=False,
        workers_kill_timeout=10,
    )
    server.on_startup(lambda: tell_once_it_answers(host, port, then))
    server.serve()


def tell_once_it_answers(host: str, port: int, then: str) -> None:
    """Say where the console is once somebody answers there: the process that answers starts after this one."""
    family, kind, place = find_place(host, port)

    def wait() -> None:
        while True:
            with socket.socket(family, kind) as trial:
                if trial.connect_ex(place) == 0:
                    break
            time.sleep(LOOK_SECONDS)
        typer.echo(f"the console is at http://{host}:{port}; Ctrl-C ends it")
        if then:
            typer.echo(then)

    Thread(target=wait, daemon=True).start()

"""A server that takes what is posted to it, on this machine: by texts, and by events."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Taker:
    """What came, and what it answers instead of taking more."""

    port: int = 0
    paths: list[str] = field(default_factory=list)
    came: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    says: str = ""  # with each answer
    wait: float = 0  # so many seconds before it answers

    @property
    def text_url(self) -> str:
        """Where texts are handed over, as BACKORDER_TEXT_URL names it."""
        return f"json://127.0.0.1:{self.port}/{{number}}"

    @property
    def url(self) -> str:
        """Where events are told."""
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def serve() -> Iterator[Taker]:
    """Serve it on this machine."""
    found = Taker()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status = found.answers.pop(0) if found.answers else 200
            if status == 200:
                found.paths.append(self.path)
                found.came.append(json.loads(body))
                found.bodies.append(body)
                found.headers.append({name.lower(): value for name, value in self.headers.items()})
            time.sleep(found.wait)
            self.send_response(status)
            self.send_header("Content-Length", str(len(found.says)))
            self.end_headers()
            self.wfile.write(found.says.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

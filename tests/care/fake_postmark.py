"""A server that takes mail as Postmark's documentation says, and tells what became of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "token-of-a-shop"  # noqa: S105 - of a server of a test
INACTIVE = 406
"""Postmark's own number of a recipient to whom mail does not get."""


@dataclass
class Postmark:
    """What came, and what it answers instead of taking more."""

    url: str = ""
    came: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)


def refuse(number: int, said: str) -> dict[str, Any]:
    """Write the answer to what is not taken."""
    return {"ErrorCode": number, "Message": said}


def inactive(to: str) -> dict[str, Any]:
    """Write the answer for somebody to whom mail does not get."""
    said = (
        "You tried to send to recipient(s) that have been marked as inactive.\n"
        f"Found inactive addresses: {to}.\nInactive recipients are ones that have generated a hard bounce."
    )
    return refuse(INACTIVE, said)


@contextmanager
def serve() -> Iterator[Postmark]:
    """Serve it on this machine."""
    found = Postmark()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers["X-Postmark-Server-Token"] != TOKEN:
                status, said = 401, refuse(10, "No Account or Server API tokens were supplied")
            elif found.answers:
                status, said = found.answers.pop(0)
            else:
                found.came.append(body)
                number = f"0a129aee-e1cd-480d-b08d-{len(found.came):012}"
                status, said = 200, {"ErrorCode": 0, "Message": "OK", "MessageID": number, "To": body["To"]}
            text = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()

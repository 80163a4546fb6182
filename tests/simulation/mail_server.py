"""A mail server that is killed: `python -m tests.simulation.mail_server 2525 FILE`. What it takes is in the file before it says so."""

from __future__ import annotations

import asyncio
import os
import sys
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, Envelope, Session


class Box:
    """Writes the name of each message, and to whom it goes."""

    def __init__(self, file: str) -> None:
        """Go on with a file."""
        self.file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as the server calls it
        """Take a message: from now on it is the server's to deliver, whether or not anybody hears of it."""
        assert isinstance(envelope.content, bytes)
        name = message_from_bytes(envelope.content)["Message-ID"]
        os.write(self.file, f"{name} {' '.join(envelope.rcpt_tos)}\n".encode())
        return "250 OK"


async def take_mail(port: int, file: str) -> None:
    """Take mail until the process is killed."""
    box = Box(file)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(box), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(take_mail(int(sys.argv[1]), sys.argv[2]))

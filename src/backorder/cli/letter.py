"""`backorder letter`: what the customer of an order that waits is to be written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backorder.cli.application import app
from backorder.cli.database import HERE, Data, open_database
from backorder.faults import FaultyInputError

HELP = """Write what the customer of an order is to know now: which units ship when, why, what they can choose, what silence means.

Nothing is sent or noted. Note it on the page of the order once it is sent.

\b
Example:
  backorder letter --order A-2 --language de --data var/data
"""


@app.command(help=HELP)
def letter(
    order: Annotated[str, typer.Option("--order", help="The order.")],
    language: Annotated[
        str, typer.Option("--language", help="en, de, fr or es; blank: that of the customer.")
    ] = "",
    reason: Annotated[
        str, typer.Option("--reason", help="Why it is late, in your words; blank: what the plan says.")
    ] = "",
    steps: Annotated[str, typer.Option("--steps", help="What is being done about it, in your words.")] = "",
    page: Annotated[
        Path | None, typer.Option("--page", help="A file to write it to as a page, HTML, that says the same.")
    ] = None,
    data: Data = HERE,
) -> int:
    """Write the letter of an order as it stands now."""
    open_database(data)
    from django.utils import timezone  # noqa: PLC0415 - needs a database

    from backorder.care.judging import FactsError  # noqa: PLC0415
    from backorder.care.letters.pieces import LetterError  # noqa: PLC0415
    from backorder.care.letters.speech import LANGUAGES  # noqa: PLC0415
    from backorder.care.letters.writing import Own, write_letter  # noqa: PLC0415
    from backorder.orders.selectors import find_order  # noqa: PLC0415

    if language and language not in LANGUAGES:
        raise FaultyInputError([f"--language: there is {', '.join(LANGUAGES)}, and not {language!r}"])
    found = find_order(order.strip())
    if found is None:
        raise FaultyInputError([f"there is no order {order.strip()}"])
    try:
        written = write_letter(found, timezone.now(), language, Own(reason, steps))
    except FactsError as error:
        raise FaultyInputError([f"order {found.number}: the record contradicts itself: {error}"]) from error
    except LetterError as error:
        raise FaultyInputError([str(error)]) from error
    if page is not None:
        page.write_text(written.html, encoding="utf-8")
    typer.echo(f"To: {written.to or '(no address is known)'}\nSubject: {written.subject}\n\n{written.text}")
    return 0

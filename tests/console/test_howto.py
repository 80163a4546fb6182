"""What the how-tos tell people to press or open stands on a page under that name."""

from __future__ import annotations

import html
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.architecture import tree
from tests.console.pages import EMPTY, list_looks
from tests.console.whole_shop import open_whole_shop

GUIDES = (
    "hear-your-customers",
    "keep-a-waitlist",
    "pay-back",
    "thank-those-who-wait",
    "run-the-console",
    "work-in-the-warehouse",
    "try-a-policy",
    "import-files",
)
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


def read(client: Client, address: str) -> str:
    """Read what a page says, marks and all."""
    return " ".join(html.unescape(client.get(address).content.decode()).split())


@pytest.mark.django_db
def test_what_a_guide_names_stands_on_a_page(admin: Client) -> None:
    pages = [read(admin, address) for address in EMPTY]
    shop = open_whole_shop(User.objects.get())
    pages += [read(admin, at.address) for at in list_looks(shop)]
    said = "\n".join(re.sub(r"<[^>]+>", "\n", page) for page in pages)
    named = {
        " ".join(name.split()).rstrip("?.")
        for guide in GUIDES
        for name in BOLD.findall((tree.ROOT / "docs" / "howto" / f"{guide}.md").read_text("utf-8"))
    }
    assert len(named) > 30
    assert sorted(name for name in named if name not in said) == []

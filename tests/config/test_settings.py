"""The settings of the site."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from backorder.config.settings import read_switch, read_url, read_zone
from tests.architecture import tree

OF_OTHERS = {"DJANGO_SETTINGS_MODULE", "XDG_CACHE_HOME"}
"""Names of the environment that mean to others what they mean to us."""


def names_read(source: ast.Module) -> set[str]:
    """Name what a file reads from the environment or writes into it."""
    named = [
        node.args[0]
        for node in ast.walk(source)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in {"os.getenv", *(f"os.environ.{how}" for how in ("get", "pop", "setdefault"))}
    ]
    named += [
        node.slice
        for node in ast.walk(source)
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ"
    ]
    return {ast.literal_eval(name) for name in named}


def test_every_setting_is_explained_and_every_explained_setting_exists() -> None:
    page = (tree.ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))
    read = [names_read(tree.parse(path)) for path in tree.python_files("src/backorder")]
    assert explained == set().union(*read) - OF_OTHERS


def test_a_setting_is_found_however_it_is_read() -> None:
    source = "a = os.environ['A']; b = os.environ.get('B', ''); c = os.getenv('C'); os.environ.setdefault('D', 'd')"
    assert names_read(ast.parse(source)) == {"A", "B", "C", "D"}


def test_a_switch_is_yes_or_no() -> None:
    assert (read_switch("X", "yes"), read_switch("X", "no")) == (True, False)
    with pytest.raises(ImproperlyConfigured, match="X is yes or no, not true"):
        read_switch("X", "true")


def test_a_time_zone_that_is_none_is_refused() -> None:
    assert read_zone("Europe/Berlin") == "Europe/Berlin"
    for wrong in ("Mars/Base", "", "/etc/passwd"):
        with pytest.raises(ImproperlyConfigured, match="BACKORDER_TIME_ZONE is no time zone"):
            read_zone(wrong)


def settings_with(**environment: str) -> list[str]:
    """Read how cookies and redirects are set with this environment."""
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS")
    program = f"from backorder.config import settings as s; print(*(getattr(s, n, 0) for n in {names}), *s.ALLOWED_HOSTS)"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    return ended.stdout.split()


def test_https_makes_cookies_secure_and_is_remembered_by_browsers() -> None:
    plain = settings_with(BACKORDER_HTTPS="no")
    assert plain == ["False", "False", "0", "0", "localhost", "127.0.0.1", "[::1]"]
    secure = settings_with(BACKORDER_HTTPS="yes", BACKORDER_HOSTS="shop.example, www.shop.example")
    assert secure == ["True", "True", "True", "31536000", "shop.example", "www.shop.example"]


def test_an_address_of_a_site_is_one_or_is_refused() -> None:
    assert read_url("X", "https://pay.example/", "y") == "https://pay.example"
    assert read_url("X", "", "y") == ""
    for wrong in ("pay.example", "ftp://pay.example", "https://", "https://pay.example?key=1", "https://[x"):
        with pytest.raises(
            ImproperlyConfigured, match=r"^X is no address of a site, as https://y\.example: "
        ):
            read_url("X", wrong, "https://y.example")

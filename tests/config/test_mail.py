"""The address of the mail server."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from backorder.config.settings import read_mail


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("smtp://127.0.0.1", ("127.0.0.1", 25, "", "", False, False)),
        ("smtp+starttls://a%40b:p%2Fw@mail.example", ("mail.example", 587, "a@b", "p/w", False, True)),
        ("smtps://anna:secret@mail.example:4465", ("mail.example", 4465, "anna", "secret", True, False)),
    ],
)
def test_a_server_is_read(url: str, named: tuple[str, int, str, str, bool, bool]) -> None:
    read = read_mail(url)
    names = (
        "EMAIL_HOST",
        "EMAIL_PORT",
        "EMAIL_HOST_USER",
        "EMAIL_HOST_PASSWORD",
        "EMAIL_USE_SSL",
        "EMAIL_USE_TLS",
    )
    assert tuple(read[name] for name in names) == named


def test_a_folder_is_read() -> None:
    assert read_mail("folder:///srv/my%20mail")["MAIL_FOLDER"] == "/srv/my mail"


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://a:99999",
        "folder://",
        "smtp://a/b",
        "smtp://a#w@b",
        "smtp://[a",
    ],
)
def test_anything_else_is_refused_without_telling_the_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^BACKORDER_MAIL is no mail server") as error:
        read_mail(url.replace("://", "://anna:secret@") if "smtp" in url else url)
    assert "secret" not in str(error.value)

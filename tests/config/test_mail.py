"""The address of the mail server."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from backorder.config.settings import read_mail, read_provider


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


def test_a_provider_is_read_with_its_keys_and_the_secrets_of_what_it_tells() -> None:
    assert read_mail("provider://mailgun") == {"EMAIL_BACKEND": "anymail.backends.mailgun.EmailBackend"}
    read = read_provider('{"MAILGUN_API_KEY": "k"}', "a:b c:d")
    assert (read["MAILGUN_API_KEY"], read["WEBHOOK_SECRET"]) == ("k", ["a:b", "c:d"])


@pytest.mark.parametrize("keys", ["", "x", "[]", '"k"', "7"])
def test_keys_that_are_none_are_refused_without_telling_them(keys: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^BACKORDER_MAIL_PROVIDER is no list of keys") as error:
        read_provider(keys and f"{keys} secret", "")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("secrets", ["a", "a:b secret", ":secret", "secret:"])
def test_secrets_without_a_name_or_a_password_are_refused(secrets: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^BACKORDER_MAIL_HOOK_SECRETS are no names") as error:
        read_provider("{}", secrets)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "provider://",
        "provider://base",
        "provider://scaleway",
        "provider://postmark/x",
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

"""Settings of the site. What changes how a shop behaves is a row with a version, not a setting.

Every name that is read from the environment is explained in docs/reference/settings.md.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

PLAN_ONCE = "-c plan_cache_mode=force_generic_plan"
"""Each event runs the same statements in columns: planned once for each connection they take a third of the time. They look rows
up by the ids that they are given, so the plan does not depend on which these are."""
PAGES_AT_HAND = "-c random_page_cost=1.1"
"""What is open is in memory, or on a disk without a moving arm. With PostgreSQL's own figure, which is for such an arm, it reads whole
tables where an event asks for a thousand rows of them, and an event takes longer the larger the shop is."""
MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
MAIL_FAULT = (
    "BACKORDER_MAIL is no mail server, as smtp+starttls://user:password@mail.shop.example, "
    "no provider of mail, as provider://postmark, no folder, as folder:///srv/mail, and not webhook:"
)
MAIL_SECONDS = 30
MAIL_PROVIDERS = (
    *("brevo", "mailersend", "mailgun", "mailjet", "mailtrap", "mandrill", "postal", "postmark", "resend"),
    *("sendgrid", "sparkpost", "unisender_go"),
)
"""Those that Anymail asks by a key, and that tell what became of a message."""
KEY_BYTES = 24
"""Of a secret that signs events: Standard Webhooks wants no fewer."""
YEAR_SECONDS = 365 * 24 * 3600
IGNORE_NO_TRIGGER = "-c pgtrigger.ignore={}"
"""Each trigger asks which triggers are to be ignored. If nobody ever said, that is an error which it catches, and whatever waits
for the end of the transaction is looked through each time: 20,000 rows took a minute instead of three seconds."""


def read_database(url: str) -> dict[str, Any]:
    """Read the address of a PostgreSQL server as Django wants it. Raises ImproperlyConfigured."""
    try:
        named = conninfo_to_dict(url)
    except ProgrammingError as error:
        message = (
            f"DATABASE_URL is no address of a PostgreSQL server, as postgresql://user@host/name: {error}"
        )
        raise ImproperlyConfigured(message) from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": str(named.pop("dbname", "backorder")),
        "USER": str(named.pop("user", "")),
        "PASSWORD": str(named.pop("password", "")),
        "HOST": str(named.pop("host", "")),
        "PORT": str(named.pop("port", "")),
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "prepare_threshold": 1,
            **named,
            "options": " ".join(
                str(said)
                for said in (PAGES_AT_HAND, named.get("options"), IGNORE_NO_TRIGGER, PLAN_ONCE)
                if said
            ),
        },
    }


def read_zone(name: str) -> str:
    """Read the name of a time zone. Raises ImproperlyConfigured."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # by what is wrong with the name
        message = f"BACKORDER_TIME_ZONE is no time zone, as Europe/Berlin: {name}"
        raise ImproperlyConfigured(message) from error
    return name


def read_switch(name: str, text: str) -> bool:
    """Read a switch: yes or no. Raises ImproperlyConfigured."""
    if text not in {"yes", "no"}:
        message = f"{name} is yes or no, not {text}"
        raise ImproperlyConfigured(message)
    return text == "yes"


def read_url(name: str, url: str, example: str) -> str:
    """Read the address of a site, as a setting names it. Raises ImproperlyConfigured."""
    try:
        named = urlsplit(url)
    except ValueError:
        named = urlsplit("")
    if url and not (
        named.scheme in {"http", "https"} and named.hostname and not named.query + named.fragment
    ):
        message = f"{name} is no address of a site, as {example}: {url}"
        raise ImproperlyConfigured(message)
    return url.rstrip("/")


def read_mail(url: str) -> dict[str, Any]:
    """Read the address of a mail server, of a folder, or that a program sends, as Django wants it. Raises ImproperlyConfigured."""
    if url == "webhook:":
        return {"EMAIL_BACKEND": "backorder.care.copies.webhook.Hook"}
    try:
        named = urlsplit(url)
        port = named.port
    except ValueError:
        raise ImproperlyConfigured(MAIL_FAULT) from None  # it would tell parts of the password
    if named.scheme == "folder" and named.path:
        return {"EMAIL_BACKEND": "backorder.care.post.folder.Folder", "MAIL_FOLDER": unquote(named.path)}
    if url.removeprefix("provider://") in MAIL_PROVIDERS:
        return {"EMAIL_BACKEND": f"anymail.backends.{named.netloc}.EmailBackend"}
    more = named.path.strip("/") or named.query or named.fragment
    if named.scheme not in MAIL_PORTS or not named.hostname or more:
        raise ImproperlyConfigured(MAIL_FAULT)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": named.hostname,
        "EMAIL_PORT": port or MAIL_PORTS[named.scheme],
        "EMAIL_HOST_USER": unquote(named.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(named.password or ""),
        "EMAIL_USE_SSL": named.scheme == "smtps",
        "EMAIL_USE_TLS": named.scheme == "smtp+starttls",
        "EMAIL_TIMEOUT": MAIL_SECONDS,
    }


def read_provider(keys: str, secrets: str) -> dict[str, Any]:
    """Read the keys of a provider of mail, and the secrets of what it tells, as Anymail wants them. Raises ImproperlyConfigured."""
    try:
        named = json.loads(keys)
    except ValueError:
        named = None
    if not isinstance(named, dict):
        message = 'BACKORDER_MAIL_PROVIDER is no list of keys, as {"POSTMARK_SERVER_TOKEN": "…"}'
        raise ImproperlyConfigured(message)
    if any(":" not in secret.strip(":") for secret in secrets.split()):
        message = "BACKORDER_MAIL_HOOK_SECRETS are no names and passwords, as post:a-long-password"
        raise ImproperlyConfigured(message)
    return {
        "REQUESTS_TIMEOUT": MAIL_SECONDS,
        **named,
        "WEBHOOK_SECRET": secrets.split(),
        "IGNORE_UNSUPPORTED_FEATURES": True,  # not every provider can be told to track nobody, or gives names back
    }


def read_text_url(url: str) -> str:
    """Read by what texts go: an address of apprise that names the number. Raises ImproperlyConfigured without telling its keys."""
    if url and not ("://" in url and "{number}" in url):
        message = "BACKORDER_TEXT_URL is no address of apprise with a place for the number, as twilio://sid:token@from/{number}"
        raise ImproperlyConfigured(message)
    return url


def read_secret(secret: str, url: str, mail: str) -> str:
    """Read by what events are signed: where they go, there must be one. Raises ImproperlyConfigured without telling it."""
    if mail == "webhook:" and not url:
        message = "BACKORDER_MAIL is webhook:, and BACKORDER_WEBHOOK_URL does not say where"
        raise ImproperlyConfigured(message)
    if not url and not secret:
        return ""
    try:
        key = b64decode(secret.removeprefix("whsec_") + "==", validate=True)
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        message = "BACKORDER_WEBHOOK_SECRET is no secret as whsec_ and 24 bytes or more in base64"
        raise ImproperlyConfigured(message)
    return secret


DATABASES = {"default": read_database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "backorder.outbox",
    "backorder.access",
    "backorder.accounts",
    "backorder.catalog",
    "backorder.orders",
    "backorder.payments",
    "backorder.supply",
    "backorder.allocation",
    "backorder.fulfilment",
    "backorder.care",
    "backorder.api",
    "backorder.console",
    "backorder.portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "backorder.console.views.faults.RefuseNul",
    "backorder.config.faults.TellUnreadable",
]
ROOT_URLCONF = "backorder.config.urls"
WSGI_APPLICATION = "backorder.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "backorder.console.shell.describe_shell",
            ],
        },
    }
]

# People
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
ADD_USER = os.environ.get("BACKORDER_ADD_USER", "backorder user add NAME --role admin")
ADD_USER_NAMES_DATA = "--data" in ADD_USER  # else it reaches this database by DATABASE_URL alone
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "sign-in"

# What a browser may do
HTTPS = read_switch("BACKORDER_HTTPS", os.environ.get("BACKORDER_HTTPS", "no"))
SECRET_KEY = os.environ.get("BACKORDER_SECRET_KEY", "")  # Django refuses to sign anything without one
HOSTS = os.environ.get("BACKORDER_HOSTS", "localhost,127.0.0.1,[::1]")
ALLOWED_HOSTS = [host for name in HOSTS.split(",") if (host := name.strip())]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "backorder.config.faults.show_expired_form"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:  # spoken by what stands before us, which must set this header itself
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health$"]
    SECURE_HSTS_SECONDS = YEAR_SECONDS

# Files that pages need: served from where the program lies, so nothing is collected before a start
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

USE_TZ = True
TIME_ZONE = read_zone(os.environ.get("BACKORDER_TIME_ZONE", "UTC"))
USE_I18N = False

# Customers
URL = read_url("BACKORDER_URL", os.environ.get("BACKORDER_URL", ""), "https://orders.shop.example")

# Mail
MAIL, MAIL_FOLDER = os.environ.get("BACKORDER_MAIL", ""), ""
if MAIL:
    globals().update(read_mail(MAIL))
ANYMAIL = read_provider(
    os.environ.get("BACKORDER_MAIL_PROVIDER", "{}"), os.environ.get("BACKORDER_MAIL_HOOK_SECRETS", "")
)

# Other ways to customers, and to programs of the shop
TEXT_URL = read_text_url(os.environ.get("BACKORDER_TEXT_URL", ""))
WEBHOOK_URL = read_url(
    "BACKORDER_WEBHOOK_URL", os.environ.get("BACKORDER_WEBHOOK_URL", ""), "https://crm.shop.example/hook"
)
WEBHOOK_SECRET = read_secret(os.environ.get("BACKORDER_WEBHOOK_SECRET", ""), WEBHOOK_URL, MAIL)
WEBHOOK_PRIVATE = read_switch("BACKORDER_WEBHOOK_PRIVATE", os.environ.get("BACKORDER_WEBHOOK_PRIVATE", "no"))

# Dates on the pages of products: each process remembers what it was asked a moment ago
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# Money
STRIPE_KEY = os.environ.get("BACKORDER_STRIPE_KEY", "")
STRIPE_URL = read_url(
    "BACKORDER_STRIPE_URL",
    os.environ.get("BACKORDER_STRIPE_URL", "https://api.stripe.com"),
    "https://api.stripe.com",
)
STRIPE_WEBHOOK_SECRETS = os.environ.get("BACKORDER_STRIPE_WEBHOOK_SECRETS", "").split()

# Jobs
PROCRASTINATE_IMPORT_PATHS = ["backorder.worker.tasks", "backorder.console.tasks"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""

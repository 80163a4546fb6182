"""The jobs of the console, done by the worker: what nobody can use any more goes each night."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from procrastinate.contrib.django import app

from backorder.accounts.services import forget_attempts
from backorder.console import uploads


@app.periodic(cron="27 3 * * *")
@app.task(name="drop_old_uploads", queueing_lock="drop_old_uploads")
def drop_old_uploads(timestamp: int) -> None:
    """Drop the files that were handed in and never applied."""
    uploads.drop_old_uploads(datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="37 3 * * *")
@app.task(name="drop_old_sessions", queueing_lock="drop_old_sessions")
def drop_old_sessions(timestamp: int) -> None:  # noqa: ARG001 - every job of the clock is given when
    """Drop the sessions of those who did not come back, and what was typed at a door by who did not get in."""
    SessionStore.clear_expired()
    forget_attempts(timezone.now())

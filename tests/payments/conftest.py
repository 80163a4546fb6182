"""A Stripe to ask, and a shop that is set up for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.payments.fake_stripe import KEY, SECRET, Stripe, serve


@pytest.fixture
def stripe() -> Iterator[Stripe]:
    with (
        serve() as found,
        override_settings(STRIPE_KEY=KEY, STRIPE_URL=found.url, STRIPE_WEBHOOK_SECRETS=["whsec_old", SECRET]),
    ):
        yield found

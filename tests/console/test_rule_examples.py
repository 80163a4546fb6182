"""The rules that are shown as examples can be tried as they stand."""

from __future__ import annotations

import html

import pytest
from django.test import Client

from backorder.console.rule_examples import EXAMPLES, Example
from tests.console.shop import open_shop


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.said)
def test_an_example_is_shown_and_can_be_simulated(planner: Client, example: Example) -> None:
    open_shop()
    page = html.unescape(planner.get("/what-if/policy").content.decode())
    assert f'<pre tabindex="0">{example.text}</pre>' in page
    typed = {"text": example.text, "hysteresis_days": "0", "gain_days": ""}
    assert planner.post("/what-if/policy", typed).status_code == 302

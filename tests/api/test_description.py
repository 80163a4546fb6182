"""Whatever the description allows, and more: every answer is one that it names, and none is a bug of ours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok

from backorder.allocation.models import Publication, Run
from backorder.allocation.policies import Draft
from backorder.allocation.publishing import publish_policy
from backorder.allocation.simulations import simulate
from backorder.api.application import api
from backorder.catalog.models import Supplier
from backorder.fulfilment import services as fulfilment
from backorder.fulfilment.models import Block, PickList, Release
from backorder.fulfilment.selectors import find_differences
from backorder.orders.models import Customer
from backorder.supply.models import SELLABLE
from backorder.supply.services import adjust
from tests.allocation.shop import buy, order_in, stock
from tests.api.client import make_key
from tests.fulfilment.shop import order_of, release
from tests.supply.shop import cause, item, place

SHARE = 30
"""Of the examples of a profile: there are many endpoints, and each is asked in two ways."""
KNOWN: dict[str, Any] = {
    "sku": "LAMP",
    "component": "LAMP",
    "location": "main",
    "number": "A-1",
    "line": "1",
    "code": "main",
}
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
LEFT_OUT: Any = CHECKS.get_by_names(
    [
        "positive_data_acceptance",  # of what is well formed, some speaks of things that are not there
        "ignored_auth",  # asks again without a key: tests/api/test_refusals.py does that for every endpoint
    ]
)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the connection of the test, as Django's own client does: the application asked is in this process."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def secret(db: None, one_connection: None) -> str:  # noqa: ARG001 - the shop lies in the database
    """Give the secret of a key that may do everything, in a small shop."""
    adjust((item(), place(), SELLABLE), 4, "return", cause())
    order_in("LAMP", 10, "A-1")
    buy("A-1", ("LAMP", 6))
    buy("A-2", ("LAMP", 6), ships="complete")
    stock("LAMP", 3)
    buy("A-3", ("LAMP", 3))
    release("A-1")
    fulfilment.block(order_of("A-2"), "address", cause())
    publish_policy(Draft(""), cause())
    publish_policy(Draft("# 2"), cause())
    kept = {"simulation": simulate(None, cause()), "run": Run.objects.latest("id")}
    kept |= {"release": Release.objects.latest("id"), "pick_list": PickList.objects.latest("id")}
    kept |= {"block": Block.objects.latest("id"), "publication": Publication.objects.earliest("id")}
    KNOWN.update({name: row.pk for name, row in kept.items()}, version=1, shipment=1)
    Supplier.objects.create(code="main")
    Customer.objects.create(code="main")
    return make_key()


def name_known(value: Any) -> Any:
    """Put things that are there in the place of those that a body speaks of."""
    if isinstance(value, list):
        return [name_known(one) for one in value]
    if isinstance(value, dict):
        known = {"sku": "LAMP", "location": "main", "supplier": "main", "customer": "main"}
        known["release"] = KNOWN["release"]
        return {
            name: known.get(name) or name_known(one)
            for name, one in value.items()
            if name not in {"channel", "customer_class"}
        }
    return value


def ask(case: Case[Any], secret: str) -> None:
    with transaction.atomic():  # each example finds the same shop
        case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, excluded_checks=LEFT_OUT)
        assert case.method == "GET" or find_differences() == []
        transaction.set_rollback(True)


@pytest.mark.skipif(os.environ.get("HYPOTHESIS_PROFILE") != "soak", reason="make soak asks every endpoint")
@pytest.mark.hypothesis
@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "not allowed"]
)
@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
def test_every_answer_is_one_that_the_description_names(
    operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, secret: str
) -> None:
    allowed = mode is GenerationMode.POSITIVE

    @settings(max_examples=max(settings().max_examples // SHARE, 5))
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    def try_one(case: Case[Any], *, known: bool) -> None:
        if known and allowed:
            case.path_parameters = {name: KNOWN[name] for name in case.path_parameters}
            case.body = name_known(case.body)
        ask(case, secret)

    try_one()


def test_the_description_names_every_endpoint_its_scope_and_what_it_may_answer() -> None:
    whole = api.get_openapi_schema()
    assert whole["openapi"] == "3.1.0"
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            changes = method != "get" and not path.endswith("/quotes")  # which only asks
            known = {"200", "201", "400", "401", "403", "404", "422", "500"} | (
                {"409", "413", "415"} if method != "get" else set()
            )
            assert {str(status) for status in operation["responses"]} | {"200", "201"} == known, path
            names = [parameter["name"] for parameter in operation["parameters"]]
            assert ("Idempotency-Key" in names, "preview" in names) == (changes,) * 2
            assert operation["summary"]
            assert operation["description"].endswith("`.")

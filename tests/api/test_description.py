"""Whatever the description allows, and more: every answer is one that it names, and none is a bug of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pytest_django.plugin import DjangoDbBlocker
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response

from backorder.api.application import api
from backorder.api.values import Sent, Shown
from backorder.fulfilment.selectors import find_differences
from tests.api.client import make_key
from tests.api.shop import open_shop

P = ParamSpec("P")
SHARE = 50
"""Of the examples of a profile: there are many endpoints, and each is asked in two ways."""
KNOWN: dict[str, Any] = {}
"""What there is in the shop, by the names of the parts of addresses."""
NAMED = {"sku": "LAMP", "location": "main", "supplier": "main", "customer": "main", "source": "main"}
NAMED |= {
    "order": "A-1",
    "channel": "main",
    "customer_class": "main",
    "parent": "main",
    "substitute": "SHADE",
}
"""What a body names is there in the shop, where it is asked with what is there."""
OF_THE_FACTS = re.compile(
    r"there is no |take it from `next`|(Value error, )?two lines have the number|.* (is not known|is named twice)$|.*: is not between"
    r"|Value error, .* is not between|Value error, .* (names a day|names an instant) that does not exist|(policy|house).toml: "
)
"""What a description cannot say of a value: whether it is there, and what it means beside others."""
MAY_REFUSE = {"/api/v1/law/{number}", "/api/v1/letters/{number}"}
"""What reads and judges: a record may contradict itself."""
LINE_FEED = '\\n"'
"""At the end of a text. Python's `$`, by which texts are made, lets it follow; that of the description does not."""
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
REFUSALS = ["400", "401", "403", "404", "405", "409", "413", "415", "422"]
SCHEMA.config.checks.negative_data_rejection.expected_statuses = REFUSALS
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
LEFT_OUT: Any = CHECKS.get_by_names(
    [
        "positive_data_acceptance",  # some of what is well formed speaks of things that are not there: see OF_THE_FACTS
        "ignored_auth",  # asks again without a key: tests/api/test_every_endpoint.py does that for every endpoint
    ]
)


def every_operation(test: Callable[P, None]) -> Callable[P, None]:
    """Ask every endpoint of the description, each with as many bodies and addresses as the profile says."""
    each = pytest.mark.parametrize("operation", OPERATIONS, ids=[found.label for found in OPERATIONS])
    return pytest.mark.django_db(pytest.mark.hypothesis(each(test)))


@pytest.fixture(scope="module")
def one_connection() -> Iterator[None]:
    """Keep the connection of the test, as Django's own client does: the application asked is in this process."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def secret(
    django_db_setup: None,  # noqa: ARG001 - it makes the database
    django_db_blocker: DjangoDbBlocker,
    one_connection: None,  # noqa: ARG001
) -> Iterator[str]:
    """Give the secret of a key that may do everything, in a small shop; all tests find the same one."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            KNOWN.update(open_shop())
            made = make_key()
        yield made
        call_command("flush", interactive=False, verbosity=0)


def name_known(value: Any) -> Any:
    """Put things that are there in the place of those that a body speaks of."""
    if isinstance(value, list):
        return [name_known(one) for one in value]
    if isinstance(value, dict):
        known = {**NAMED, "release": KNOWN["release"], "inbound": "A-1", "line": "1"}
        return {name: known.get(name) or name_known(one) for name, one in value.items()}
    return value


def ask(case: Case[Any], secret: str) -> Response:
    """Ask, hold the answer to the description, and undo it: each example finds the same shop."""
    with transaction.atomic():
        answer = case.call_and_validate(
            headers={"Authorization": f"Bearer {secret}"}, excluded_checks=LEFT_OUT
        )
        assert case.method == "GET" or answer.status_code >= 400 or find_differences() == []
        transaction.set_rollback(True)
    return answer


@every_operation
def test_what_the_description_allows_is_done_or_refused_for_what_the_facts_are(
    operation: APIOperation[Any, Any, Any, Any], secret: str
) -> None:
    @settings(max_examples=settings().max_examples // SHARE)
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE), known=st.booleans())
    def try_one(case: Case[Any], *, known: bool) -> None:
        if known:
            case.path_parameters = {name: KNOWN[name] for name in case.path_parameters}
            case.body = name_known(case.body)
        sent = json.dumps([case.path_parameters, case.query, case.body], default=str)
        assume(LINE_FEED not in sent)
        answer = ask(case, secret)
        if answer.status_code in {400, 422}:
            faults = answer.json()["errors"]
            assert faults
            assert [one for one in faults if not OF_THE_FACTS.match(one["detail"])] == []

    try_one()


@every_operation
def test_what_the_description_does_not_allow_is_refused(
    operation: APIOperation[Any, Any, Any, Any], secret: str
) -> None:
    @settings(max_examples=settings().max_examples // SHARE)
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def try_one(case: Case[Any]) -> None:
        ask(case, secret)

    try_one()


def test_the_description_names_every_endpoint_its_scope_and_what_it_may_answer() -> None:
    whole = api.get_openapi_schema()
    assert whole["openapi"] == "3.1.0"
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            changes = method != "get" and not path.endswith("/quotes")  # which only asks
            known = {"200", "201", "400", "401", "403", "404", "422", "500"} | (
                {"409", "413", "415"} if method != "get" else {"409"} if path in MAY_REFUSE else set()
            )
            assert {str(status) for status in operation["responses"]} | {"200", "201"} == known, path
            names = [parameter["name"] for parameter in operation["parameters"]]
            assert ("Idempotency-Key" in names, "preview" in names) == (changes,) * 2
            assert operation["summary"]
            assert operation["description"].endswith("`.")


def test_objects_of_one_name_are_one() -> None:
    described = set(api.get_openapi_schema()["components"]["schemas"])
    names = [one.__name__ for one in list_forms(Sent) | list_forms(Shown)]
    assert [name for name in described if names.count(name) > 1] == []


def list_forms(form: type[BaseModel]) -> set[type[BaseModel]]:
    """List what is sent or shown."""
    inner = form.__subclasses__()
    return {form}.union(*map(list_forms, inner)) if inner else {form}

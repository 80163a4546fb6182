"""How an endpoint is written: its address, the scope that it needs, what it gives, and what it changes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Annotated, Any, TypeVar
from urllib.parse import quote as escape
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.encoding import escape_uri_path
from ninja import Router
from ninja.params.functions import Header, Query
from ninja.utils import contribute_operation_args
from pydantic import BaseModel, Field

from backorder.access.models import Key
from backorder.allocation.services import preview as take_back
from backorder.allocation.services import read_steadily
from backorder.api.answers import Asked, Keep, answer_once, fingerprint, make_and_keep
from backorder.api.authentication import BearerKey
from backorder.api.pages import Page
from backorder.api.problems import Fault, Problem, refuse_faults
from backorder.api.values import Switch
from backorder.outbox.services import Cause

View = TypeVar("View", bound=Callable[..., BaseModel])
Address = Callable[[Any], str | None]
LOCKED, STEADY, OWN = "locked", "steady", "own"
"""How a change is made: it locks what it needs; it reads everything as it is at one moment, without a lock; or it has a transaction of
its own, in which it calls `Act.keep`."""
CREATED, FINE, CONFLICT = HTTPStatus.CREATED, HTTPStatus.OK, HTTPStatus.CONFLICT
READING = (400, 401, 403, 404, 422, 500)
CHANGING = (*READING, 409, 413, 415)
Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="A name of your own for this request, as a UUID: sent again, it is answered again and changes nothing.",
    ),
]
Preview = Annotated[Switch, Field(description="Say what it would do, and change nothing.")]


@dataclass(frozen=True)
class Act:
    """A change that is asked for: by which key, when, and whether it is only tried."""

    key: Key
    at: datetime
    preview: bool
    keep: Callable[[Any], Any] = field(
        default=lambda made: made
    )  # what was made, in the transaction that made it

    def cause(self, why: str = "") -> Cause:
        """Name who changes what, for the journal."""
        return Cause(f"key {self.key.name}", self.at, why)


class Noun(Router):
    """The endpoints about one noun, as orders."""

    def __init__(self, noun: str, scope: str) -> None:
        """Name the noun, and the scope without `:read` or `:write`."""
        super().__init__(tags=[noun])
        self.scope = scope

    def reads(self, path: str, gives: type[BaseModel], *, refuses: bool = False) -> Callable[[View], View]:
        """Let a function answer GET: it takes what ninja reads and gives what is shown.

        `refuses`: the facts may not allow it, as where a record contradicts itself.
        """
        answers: dict[HTTPStatus, type[BaseModel]] = {FINE: gives} | ({CONFLICT: Problem} if refuses else {})

        def register(view: View) -> View:
            @wraps(view)
            def run(request: HttpRequest, **given: Any) -> HttpResponse:  # noqa: ANN401 - as the view takes it
                return show(view(**given), FINE, request)

            run.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
            self.add("GET", path, run, (f"{self.scope}:read", answers))
            return view

        return register

    def asks(self, path: str, gives: type[BaseModel]) -> Callable[[View], View]:
        """Let a function answer POST that changes nothing: a question too long for an address. It takes an Act first."""

        def register(view: View) -> View:
            @wraps(view)
            def run(request: HttpRequest, **given: Any) -> HttpResponse:  # noqa: ANN401 - as the view takes it
                return show(view(read_act(request, preview=True), **given), FINE, request)

            run.__signature__ = leave_out_act(view)  # type: ignore[attr-defined]
            self.add("POST", path, run, (f"{self.scope}:read", {FINE: gives}))
            return view

        return register

    def changes(
        self,
        path: str,
        gives: type[BaseModel],
        *,
        method: str = "POST",
        at: Address | None = None,
        kind: str = LOCKED,
    ) -> Callable[[View], View]:
        """Let a function make a change once for each Idempotency-Key, or only try it: it takes an Act first.

        `at` names the address of what was made, or nothing if nothing was made. `kind`: how its transaction is
        made: LOCKED, STEADY or OWN.
        """

        def register(view: View) -> View:
            @wraps(view)
            def run(
                request: HttpRequest,
                *,
                idempotency_key: str,
                preview: bool,
                **given: Any,  # noqa: ANN401 - as the view takes it
            ) -> HttpResponse:
                act = read_act(request, preview=preview)

                def respond(made: BaseModel) -> HttpResponse:
                    address = at(made) if at is not None else None
                    response = show(made, CREATED if address is not None else FINE, request)
                    if address is not None and not preview:
                        response["Location"] = f"/api/v1/{address}"
                    return response

                def make() -> HttpResponse:
                    return respond(view(act, **given))

                def make_in_its_own(keep: Keep) -> HttpResponse:
                    kept: list[HttpResponse] = []

                    def keep_made(made: BaseModel) -> BaseModel:
                        kept.append(respond(made))
                        keep(kept[-1])
                        return made

                    view(replace(act, keep=keep_made), **given)
                    return kept[-1]

                def change(keep: Keep) -> HttpResponse:
                    if kind == OWN:
                        return make_in_its_own(keep)
                    with read_steadily() if kind == STEADY else nullcontext():
                        return make_and_keep(make, keep)

                if preview:
                    with read_steadily() if kind == STEADY else nullcontext():
                        return take_back(make)
                return answer_once(Asked(act.key, idempotency_key, fingerprint(request), act.at), change)

            run.__signature__ = leave_out_act(view)  # type: ignore[attr-defined]
            contribute_operation_args(run, "idempotency_key", Name, Header(..., alias="Idempotency-Key"))
            contribute_operation_args(run, "preview", Preview, Query(False))  # noqa: FBT003 - its default
            statuses = (FINE,) if at is None else (CREATED, FINE)
            self.add(method, path, run, (f"{self.scope}:write", dict.fromkeys(statuses, gives)))
            return view

        return register

    def add(
        self,
        method: str,
        path: str,
        run: Callable[..., HttpResponse],
        contract: tuple[str, dict[HTTPStatus, type[BaseModel]]],
    ) -> None:
        """Register an endpoint with everything that it may answer."""
        scope, gives = contract
        known: set[str] = set()

        @wraps(run)
        def check(request: HttpRequest, **given: Any) -> HttpResponse:  # noqa: ANN401 - as the view takes it
            refuse_strangers(request, known)
            return run(request, **given)

        problems = dict.fromkeys(READING if method == "GET" else CHANGING, Problem)
        self.api_operation(
            [method],
            path,
            auth=BearerKey(scope),
            response={**{int(status): model for status, model in gives.items()}, **problems},
            operation_id=run.__name__,
            summary=run.__name__.replace("_", " ").capitalize(),
            openapi_extra={"x-scope": scope},
        )(check)
        for model in self.path_operations[path].operations[-1].models:
            if model.__ninja_param_source__ == "query":
                known |= model.__ninja_flatten_map__.keys()


def refuse_strangers(request: HttpRequest, known: Container[str]) -> None:
    """Raise ProblemError for what is asked in an address and not known, which would be lost, or asked twice."""
    faults = []
    for name, values in request.GET.lists():
        if name not in known:
            faults.append(Fault(where="query", at=name, detail="there is no such parameter"))
        elif len(values) > 1:
            faults.append(Fault(where="query", at=name, detail="it is given twice"))
    refuse_faults(faults)


def read_act(request: HttpRequest, *, preview: bool) -> Act:
    """Read who asks, and when."""
    key: Key = getattr(request, "auth")  # noqa: B009 - ninja sets what BearerKey gave
    return Act(key, timezone.now(), preview)


def leave_out_act(view: View) -> inspect.Signature:
    """Give what a view takes from a request."""
    asked = inspect.signature(view, eval_str=True)
    taken = [parameter for parameter in asked.parameters.values() if parameter.annotation is not Act]
    return asked.replace(parameters=taken)


def quote(key: str) -> str:
    """Write a key as a part of an address: it may hold a slash."""
    return escape(key, safe="")


def show(made: BaseModel, status: HTTPStatus, request: HttpRequest) -> HttpResponse:
    """Write an answer; that of a page names the next one in a header too."""
    response = HttpResponse(made.model_dump_json(), status=status, content_type="application/json")
    if isinstance(made, Page) and made.next is not None:
        asked = request.GET.copy()
        asked["after"] = made.next
        response["Link"] = (
            f'<{escape_uri_path(request.path)}?{urlencode(list(asked.lists()), doseq=True)}>; rel="next"'
        )
    return response

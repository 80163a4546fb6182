"""What a program is told when something cannot be done: problem details, as RFC 9457 has them, each kind of them named."""

from __future__ import annotations

import logging
from collections.abc import Container, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from psycopg.errors import DeadlockDetected, SerializationFailure, UniqueViolation
from pydantic import Field

from backorder.allocation.policies.publications import PolicyError
from backorder.allocation.what_if.simulations import SimulationError
from backorder.api.values import Shown
from backorder.care.house import UnreadableError
from backorder.care.judging import FactsError
from backorder.care.letters.pieces import LetterError
from backorder.catalog.services import CatalogError
from backorder.faults import FaultyInputError
from backorder.fulfilment.services import FulfilmentError
from backorder.orders.services import OrderError
from backorder.supply.services import SupplyError

MEDIA_TYPE = "application/problem+json"
REFERENCE = "/api/v1/docs"
NOTHING = "nothing is at this address"
Row = TypeVar("Row")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its status, its title, and what to do about it."""

    status: HTTPStatus
    title: str
    remedy: str


KINDS = {
    "bad-request": Kind(HTTPStatus.BAD_REQUEST, "Not understood", "Mend the request: it cannot be read."),
    "unknown-key": Kind(
        HTTPStatus.UNAUTHORIZED,
        "No key, or one that is not known",
        "Send the secret of a key that is in use, as Authorization: Bearer bo_...",
    ),
    "missing-scope": Kind(
        HTTPStatus.FORBIDDEN,
        "The key may not do this",
        "Use a key that has the scope, or have one made.",
    ),
    "not-found": Kind(HTTPStatus.NOT_FOUND, "There is no such thing", "Look at the list of the things."),
    "method-not-allowed": Kind(
        HTTPStatus.METHOD_NOT_ALLOWED, "This address does not do that", "Use a method that Allow names."
    ),
    "refused": Kind(
        HTTPStatus.CONFLICT,
        "The facts do not allow it",
        "Read the detail: it says which fact, and what would be possible. Nothing was changed.",
    ),
    "in-progress": Kind(
        HTTPStatus.CONFLICT,
        "The same request is being answered",
        "Send it again in a second, with the same Idempotency-Key.",
    ),
    "too-large": Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large", "Send less at a time."),
    "not-json": Kind(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The body is not JSON",
        "Send it with Content-Type: application/json.",
    ),
    "invalid": Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "A value cannot be meant",
        "Mend each of the errors; they are all there are.",
    ),
    "other-request": Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The Idempotency-Key was used for another request",
        "Use a new Idempotency-Key for each new request.",
    ),
    "bug": Kind(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "A bug of ours",
        "Nothing was changed. Send it again later; if it stays, tell who runs the server.",
    ),
}


class Fault(Shown):
    """One value that cannot be meant."""

    where: str = Field(description="`body`, `query`, `path` or `header`.")
    at: str = Field(description="In a body a JSON pointer, as /lines/0/quantity; elsewhere the name.")
    detail: str


class Problem(Shown):
    """What went wrong, as RFC 9457 has it. Nothing was changed."""

    type: str = Field(description="The kind of problem: an address on the reference page.")
    title: str
    status: int
    detail: str
    errors: list[Fault] = Field(default=[], description="Every value that cannot be meant.")


class ProblemError(Exception):
    """A request that ends in a problem."""

    def __init__(self, kind: str, detail: str, errors: list[Fault] | None = None) -> None:
        """Keep what will be told."""
        super().__init__(detail)
        self.kind, self.detail, self.errors = kind, detail, errors or []


def describe(kind: str, detail: str, errors: list[Fault] | None = None) -> HttpResponse:
    """Answer with a problem."""
    known = KINDS[kind]
    problem = Problem(
        type=f"{REFERENCE}#{kind}",
        title=known.title,
        status=known.status,
        detail=detail,
        errors=errors or [],
    )
    response = HttpResponse(problem.model_dump_json(), status=known.status, content_type=MEDIA_TYPE)
    if known.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="backorder"'
    return response


def find_unknown(sort: str, keys: Mapping[str, str], known: Container[str]) -> list[Fault]:
    """Name what a body speaks of and nobody knows: `keys` are what it names, by their place in it."""
    return [
        Fault(where="body", at=place, detail=f"there is no {sort} {key}")
        for place, key in keys.items()
        if key not in known
    ]


def refuse_faults(faults: list[Fault]) -> None:
    """Raise ProblemError if there is a fault."""
    if faults:
        raise ProblemError("invalid", tell_number(len(faults)), faults)


def require(found: Row | None) -> Row:
    """Give what was found. Raises ProblemError if nothing was, the same for everything that may be asked for."""
    if found is None:
        raise ProblemError("not-found", NOTHING)
    return found


def tell_number(count: int) -> str:
    """Say how many values cannot be meant."""
    return "1 value cannot be meant" if count == 1 else f"{count} values cannot be meant"


def locate(place: tuple[str | int, ...], detail: str) -> Fault:
    """Say where a value stands: ninja puts the name of the parameter before the place in a body."""
    where, rest = str(place[0]), place[1:]
    if where == "body":
        return Fault(where=where, at="".join(f"/{escape(part)}" for part in rest[1:]), detail=detail)
    return Fault(where=where, at=str(rest[-1]) if rest else "", detail=detail)


def escape(part: str | int) -> str:
    """Write a part of a JSON pointer."""
    return str(part).replace("~", "~0").replace("/", "~1")


def describe_invalid(error: ValidationError) -> HttpResponse:
    """Tell every value that cannot be meant; a header makes it a request that is not understood."""
    faults = [locate(tuple(one["loc"]), str(one["msg"])) for one in error.errors]
    kind = "bad-request" if any(fault.where == "header" for fault in faults) else "invalid"
    return describe(kind, tell_number(len(faults)), faults)


def describe_bug(request: HttpRequest, error: object) -> HttpResponse:
    """Tell that it is our fault and nothing else; the log has the rest."""
    cause = error if isinstance(error, BaseException) else None
    log.error("%s %s failed", request.method, request.path, exc_info=cause)
    return describe("bug", "this should not have happened; the server's log says more")


def describe_error(request: HttpRequest, error: object) -> HttpResponse:
    """Answer with the problem that an error is; what is not named here is a bug.

    Of the rules of the database only that nothing is made twice may break: somebody else made it at the same moment. So may
    two transactions be in each other's way; then one is undone, and may be tried again.
    """
    match error:
        case ProblemError():
            return describe(error.kind, error.detail, error.errors)
        case CatalogError() | FulfilmentError() | OrderError() | SimulationError() | SupplyError():
            return describe("refused", str(error))
        case LetterError():
            return describe("refused", str(error))
        case FactsError():
            return describe("refused", f"the record contradicts itself: {error}")
        case PolicyError():  # it says what of the facts it cannot rank
            return describe("refused", f"the policy in force: {error}")
        case UnreadableError():
            return describe("refused", f"the rules of the house in force: {error}")
        case FaultyInputError():  # of rules that were sent
            faults = [Fault(where="body", at="/text", detail=line) for line in error.lines]
            return describe("invalid", tell_number(len(faults)), faults)
        case ValidationError():
            return describe_invalid(error)
        case AuthenticationError():
            return describe("unknown-key", "no key in use has this secret")
        case HttpError():
            return describe("bad-request", error.message)
        case Http404():
            return describe("not-found", NOTHING)
        case RequestDataTooBig():
            return describe("too-large", "the body is too large")
        case IntegrityError(__cause__=UniqueViolation()):
            return describe("refused", "somebody else has just made the same thing; look it up")
        case OperationalError(__cause__=DeadlockDetected() | SerializationFailure()):
            return describe("refused", "somebody else changed the same things at this moment; send it again")
    return describe_bug(request, error)


def tell_problems(api: NinjaAPI) -> None:
    """Let an interface answer every error with a problem, also those that it would answer in a form of its own."""
    for kind in (Http404, HttpError, ValidationError, Exception):
        api.add_exception_handler(kind, describe_error)

"""The interface as a whole: every noun, every problem, one description."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ninja import NinjaAPI

from backorder import __version__
from backorder.api.endpoints import NOUNS
from backorder.api.problems import MEDIA_TYPE, tell_problems

DESCRIPTION = """Facts in, one pure decision, promises out: every change decides again what it touches, and says which
lines stand otherwise than before. What is named is named by the business: order number, sku, code. Money is in the
smallest unit of its currency, days are as 2026-11-24, instants are in UTC."""
FIRST_REFUSAL = 400
SCHEMAS = "#/components/schemas/"


class Interface(NinjaAPI):
    """The interface; it says of itself what ninja would leave out."""

    def get_openapi_schema(self, **_: Any) -> Any:  # noqa: ANN401 - as ninja has it
        """Describe the interface."""
        return self.description_of_all

    @cached_property
    def description_of_all(self) -> dict[str, Any]:
        """Describe the interface, once: it does not change while it runs."""
        whole: dict[str, Any] = dict(super().get_openapi_schema(path_prefix="/api/v1/"))
        for methods in whole["paths"].values():
            for operation in methods.values():
                describe_problems(operation)
                describe_parameters(operation)
                scope = operation.pop("x-scope")
                operation["security"] = [{"BearerKey": [scope]}]
                operation["description"] = f"{operation.get('description', '')}\n\nNeeds the scope `{scope}`."
        schemas = whole["components"]["schemas"]
        used = find_used(whole["paths"], schemas)
        whole["components"]["schemas"] = {name: schemas[name] for name in schemas if name in used}
        return whole


def describe_problems(operation: dict[str, Any]) -> None:
    """Give refusals the media type that they have."""
    for status, response in operation["responses"].items():
        if int(status) >= FIRST_REFUSAL:
            (schema,) = response["content"].values()
            response["content"] = {MEDIA_TYPE: schema}


def describe_parameters(operation: dict[str, Any]) -> None:
    """Leave null out of what stands in an address: what is not meant is not written there."""
    for parameter in operation["parameters"]:
        schema = parameter["schema"]
        if "anyOf" in schema:
            (form,) = (one for one in schema.pop("anyOf") if one != {"type": "null"})
            schema.update({**form, **schema})


def find_used(part: Any, schemas: dict[str, Any]) -> set[str]:  # noqa: ANN401 - any part of a description
    """Name the schemas that a part of a description leads to."""
    used: set[str] = set()
    ahead = [part]
    while ahead:
        one = ahead.pop()
        if isinstance(one, list):
            ahead += one
        elif isinstance(one, dict):
            name = str(one.get("$ref", "")).removeprefix(SCHEMAS)
            if name in schemas and name not in used:
                used.add(name)
                ahead.append(schemas[name])
            ahead += one.values()
    return used


def build() -> Interface:
    """Put the interface together."""
    interface = Interface(
        title="backorder", version=__version__, description=DESCRIPTION, docs_url=None, urls_namespace="api"
    )
    tell_problems(interface)
    for noun in NOUNS:
        interface.add_router("", noun)
    return interface


api = build()

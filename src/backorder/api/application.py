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
                scope = operation.pop("x-scope")
                operation["security"] = [{"BearerKey": [scope]}]
                operation["description"] = f"{operation.get('description', '')}\n\nNeeds the scope `{scope}`."
        return whole


def describe_problems(operation: dict[str, Any]) -> None:
    """Give refusals the media type that they have."""
    for status, response in operation["responses"].items():
        if int(status) >= FIRST_REFUSAL:
            (schema,) = response["content"].values()
            response["content"] = {MEDIA_TYPE: schema}


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

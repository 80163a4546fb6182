"""Fills in what the description asks for, as little as it allows: whatever endpoint there is, it can be asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backorder.api.application import SCHEMAS, api
from tests.supply.shop import NOON

NAMES = {
    "sku": "LAMP",
    "component": "SHADE",
    "substitute": "SHADE",
    "location": "main",
    "customer": "main",
    "inbound": "A-1",
    "order": "A-1",
    "line": "1",
    "at": f"{NOON:%Y-%m-%dT%H:%M:%SZ}",
    "number": "N-1",
    "country": "DE",
    "currency": "EUR",
    "url": "https://others.example/made",
    "to": "damaged",
    "phone": "+49 731 5550100",
    "text": "",
    "rule": "patience",
}
"""What a body names; all of it is in the shop of tests/api/shop.py, but what is to be made."""
Known = Mapping[str, str | int]


@dataclass(frozen=True)
class Endpoint:
    """What one method does at one address, as the description has it."""

    method: str
    path: str
    operation: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.operation["operationId"])

    @property
    def scope(self) -> str:
        (scope,) = self.operation["security"][0]["BearerKey"]
        return str(scope)

    @property
    def parts(self) -> list[str]:
        """Name what is put into the address."""
        return re.findall(r"\{(\w+)\}", self.path)

    def address(self, known: Known) -> str:
        """Write the address of a thing that is known, with what must be asked beside it."""
        query = [
            f"{one['name']}={fill(one['schema'], one['name'])}"
            for one in self.operation["parameters"]
            if one["in"] == "query" and one["required"]
        ]
        path = self.path.format_map(known).removeprefix("/api/v1")
        return f"{path}?{'&'.join(query)}" if query else path

    def body(self, known: Known, many: int = 1) -> Any:
        """Fill in a body, with so many rows in each list; None if none is taken."""
        if "requestBody" not in self.operation:
            return None
        (content,) = self.operation["requestBody"]["content"].values()
        return fill(content["schema"], "", known, many)


def list_endpoints() -> Iterator[Endpoint]:
    """List every endpoint that the description names."""
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            yield Endpoint(method.upper(), path, operation)


def fill(schema: Mapping[str, Any], name: str, known: Known | None = None, many: int = 1) -> Any:
    """Give a value of a form: what is known by its name, else the first that the form allows."""
    if "$ref" in schema:
        return fill(
            api.get_openapi_schema()["components"]["schemas"][schema["$ref"].removeprefix(SCHEMAS)],
            name,
            known,
            many,
        )
    if "enum" in schema and NAMES.get(name) not in schema["enum"]:
        return schema["enum"][0]
    match schema:
        case {"anyOf": [first, *_]}:
            return fill(first, name, known, many)
        case {"properties": properties}:
            needed = schema.get("required", [])
            return {one: fill(properties[one], one, known, many) for one in needed}
        case {"type": "array"}:
            count = max(many, schema.get("minItems", 1))
            return [fill(schema["items"], name, known, many) for _ in range(count)]
        case {"type": "integer"}:
            return known[name] if known and name in known else max(schema.get("minimum", 1), 1)
        case {"type": "boolean"}:
            return True
        case {"format": "date"}:
            return "2027-01-04"
        case {"format": "date-time"}:
            return NAMES.get(name, "2027-01-04T12:00:00Z")
        case {"type": "string"}:
            return NAMES.get(name, "x")
    message = f"{name}: no value of {schema} is known"
    raise AssertionError(message)

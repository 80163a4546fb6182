"""The reference page: the description of the interface as people read it, made from the description itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backorder.access.scopes import SCOPES
from backorder.api.answers import KEPT_DAYS, REPEATED
from backorder.api.application import SCHEMAS, api
from backorder.api.problems import KINDS

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@dataclass(frozen=True)
class Field:
    """A value that is sent or shown."""

    name: str
    form: str
    links: list[str]  # the schemas that its form names
    needed: bool
    about: str


@dataclass(frozen=True)
class Endpoint:
    """What one method does at one address."""

    name: str
    method: str
    path: str
    title: str
    about: list[str]
    parameters: list[Field]
    body: str | None
    gives: str
    status: str


@dataclass(frozen=True)
class Schema:
    """An object that is sent or shown."""

    name: str
    about: str
    fields: list[Field]


def show_reference(request: HttpRequest) -> HttpResponse:
    """Show every endpoint, every object, every problem."""
    whole = api.get_openapi_schema()
    nouns: dict[str, list[Endpoint]] = {}
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            nouns.setdefault(operation["tags"][0], []).append(read_endpoint(path, method, operation))
    schemas = whole["components"]["schemas"].items()
    told = {
        "api": whole["info"],
        "nouns": list(nouns.items()),
        "schemas": [read_schema(name, schema) for name, schema in sorted(schemas)],
        "problems": KINDS,
        "scopes": SCOPES,
        "kept_days": KEPT_DAYS,
        "repeated": REPEATED,
    }
    response = render(request, "api/reference.html", told)
    response["Content-Security-Policy"] = POLICY
    return response


def read_endpoint(path: str, method: str, operation: dict[str, Any]) -> Endpoint:
    """Read what one method does at one address."""
    status, answer = next(iter(operation["responses"].items()))
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return Endpoint(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        title=operation["summary"],
        about=operation["description"].split("\n\n"),
        parameters=[
            Field(
                f"{each['name']} ({each['in']})",
                *read_form(each["schema"]),
                each["required"],
                each.get("description", ""),
            )
            for each in operation["parameters"]
        ],
        body=read_form(body)[1][0] if body else None,
        gives=read_form(answer["content"]["application/json"]["schema"])[1][0],
        status=str(int(status)),
    )


def read_schema(name: str, schema: dict[str, Any]) -> Schema:
    """Read an object."""
    needed = schema.get("required", [])
    return Schema(
        name,
        schema.get("description", ""),
        [
            Field(field, *read_form(form), field in needed, form.get("description", ""))
            for field, form in schema.get("properties", {}).items()
        ],
    )


def read_form(schema: dict[str, Any]) -> tuple[str, list[str]]:
    """Say in words what a value looks like, and name the objects in it."""
    links = [link.removeprefix(SCHEMAS) for link in find_links(schema)]
    return ", ".join(say_form(schema)), links


def find_links(schema: dict[str, Any]) -> Iterator[str]:
    """Find the objects that a form names."""
    if "$ref" in schema:
        yield schema["$ref"]
    inner = [schema["items"]] if "items" in schema else []
    for inside in [*schema.get("anyOf", []), *schema.get("allOf", []), *inner]:
        yield from find_links(inside)


def say_form(schema: dict[str, Any]) -> Iterator[str]:
    """Say what a value looks like, a part at a time."""
    if "$ref" in schema:
        yield schema["$ref"].removeprefix(SCHEMAS)
    for inside in [*schema.get("anyOf", []), *schema.get("allOf", [])]:
        yield " ".join(say_form(inside))
    if "enum" in schema:
        yield f"one of {', '.join(map(str, schema['enum']))}"
    elif schema.get("type") == "array":
        yield f"list of {' '.join(say_form(schema['items']))}"
    elif "type" in schema:
        yield {"date": "day", "date-time": "instant"}.get(schema.get("format", ""), schema["type"])
    if "minimum" in schema and "maximum" in schema:
        yield f"{schema['minimum']:,} to {schema['maximum']:,}"
    if "maxLength" in schema:
        yield f"at most {schema['maxLength']:,} characters"
    if schema.get("default") is not None:
        yield f"{schema['default']} if not given"

"""The description of the API (OpenAPI 3.1), made from the table: complete, and the same for everybody who asks."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid5

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.api.answered import Problem
from web.api.examples import CODE, KEY, REF
from web.api.operations import Operation
from web.api.problems import MEDIA_TYPE, NAMESPACE, TITLES
from web.api.table import OPERATIONS, statuses

JSON = "application/json"
TEMPLATE = "#/components/schemas/{model}"
ABOUT = """Cases, handoffs and who is called, for programs. `docs/api.md` says how to begin.

A key (`staffetta user key-add`) is good for the operations it was given by name. Every change carries an
`Idempotency-Key`: the same key and request again give the same answer, and `/commands/{id}` tells what became of it.
No answer holds a name, a contact, a fact of the case, evidence, or anything else that is kept sealed.
Errors are problem+json; what to do stands in `detail`, in Italian or English as `Accept-Language` says."""
SEEN: Mapping[str, str] = {
    "code": "The code of the case.",
    "ref": "The reference of the handoff.",
    "id": "The Idempotency-Key of the request.",
}
EXAMPLES: Mapping[str, str] = {"code": CODE, "ref": REF, "id": KEY}
OF_KEY = "open_case"
"""The change whose outcome the example of `/commands/{id}` tells."""
KEY_FORM = "^[A-Za-z0-9._~-]{16,100}$"
RETRY: Mapping[str, Any] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "string"}}}
HEADERS: Mapping[int, Mapping[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    405: {"Allow": {"schema": {"type": "string"}}},
    415: {"Accept": {"schema": {"type": "string"}}},
    503: RETRY,
}
OF_A_CASE = {"code": "$response.body#/code"}
OF_A_HANDOFF = {"ref": "$response.body#/handoffs/0/ref"}
ETAG: Mapping[str, Any] = {"ETag": {"description": "For If-None-Match and If-Match.", "schema": {"type": "string"}}}


@lru_cache(maxsize=1)
def description() -> bytes:
    """The whole of it, as it is served."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Staffetta",
            "version": "1",
            "description": ABOUT,
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "responses": {str(status): _refusal(status) for status in TITLES},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer sk_…`"}
            },
        },
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _schemas() -> dict[str, Any]:
    asked = _distinct(one.body for one in OPERATIONS if one.takes_body)
    queries = [one for one in _distinct(one.query for one in OPERATIONS) if one not in asked]
    answered = _distinct(one.answer for one in OPERATIONS)
    _, made = models_json_schema(
        [
            *((model, "validation") for model in (*asked, *queries)),
            *((model, "serialization") for model in answered),
            (Problem, "validation"),
        ],
        ref_template=TEMPLATE,
    )
    kept: dict[str, Any] = made["$defs"]
    # Queries are told parameter by parameter; what they refer to stays.
    return {name: schema for name, schema in kept.items() if name not in {model.__name__ for model in queries}}


def _distinct(models: Iterable[type[BaseModel]]) -> list[type[BaseModel]]:
    return list(dict.fromkeys(models))


def _operation(operation: Operation) -> dict[str, Any]:
    needs = f"Needs the operation `{operation.may}`." if operation.may else "Any key may ask."
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": needs,
        "parameters": [*_path(operation), *_query(operation), *_headers(operation)],
        "responses": _responses(operation),
    }
    if operation.takes_body:
        told["requestBody"] = _body(operation)
    return told


def _body(operation: Operation) -> dict[str, Any]:
    required = any(field.is_required() for field in operation.body.model_fields.values())
    schema = {"$ref": TEMPLATE.format(model=operation.body.__name__)}
    return {"required": required, "content": {JSON: {"schema": schema, "example": dict(operation.asked)}}}


def _path(operation: Operation) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": SEEN[name],
            "schema": {"type": "string", "minLength": 1},
            "example": EXAMPLES[name],
        }
        for name in names
    ]


def _query(operation: Operation) -> list[dict[str, Any]]:
    schema = operation.query.model_json_schema(ref_template=TEMPLATE)
    required = schema.get("required", [])
    return (
        [
            {
                "name": name,
                "in": "query",
                "required": name in required,
                "description": one.pop("description", ""),
                "schema": _without_null(one),
            }
            for name, one in schema["properties"].items()
        ]
        if "properties" in schema
        else []
    )


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """In an address nothing is null: what is optional is left out."""
    kinds = [one for one in schema.pop("anyOf", []) if one.get("type") != "null"]
    if schema.get("default", 0) is None:
        del schema["default"]
    return {**schema, **kinds[0]} if kinds else schema


def _headers(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if operation.changes:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "The id of this change, such as a new UUID. The same one again repeats nothing.",
                "schema": {"type": "string", "pattern": KEY_FORM},
                "example": _key_of(operation),
            }
        )
    if operation.current is not None:
        found.append(_tag("If-Match", "Only if it is as it was read: else 412. Looked at right before the change."))
    if operation.method == "GET":
        found.append(_tag("If-None-Match", "Only if it is not as it was read: else 304."))
    return found


def _key_of(operation: Operation) -> str:
    """An example of its own: with one key for all, each operation but the first would be refused as another request."""
    return KEY if operation.name == OF_KEY else str(uuid5(UUID(KEY), operation.name))


def _tag(name: str, about: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": about, "schema": {"type": "string"}}


def _responses(operation: Operation) -> dict[str, Any]:
    schema = {"$ref": TEMPLATE.format(model=operation.answer.__name__)}
    done: dict[str, Any] = {
        "description": (operation.answer.__doc__ or "").strip(),
        "content": {JSON: {"schema": schema, "example": dict(operation.example)}},
    }
    if operation.status == HTTPStatus.CREATED:
        done["headers"] = {"Location": {"description": "Where the case is.", "schema": {"type": "string"}}}
        done["links"] = _links()
    if operation.method == "GET":
        done["headers"] = ETAG
    told: dict[str, Any] = {str(int(operation.status)): done}
    for status in statuses(operation):
        if status == HTTPStatus.NOT_MODIFIED:
            told["304"] = {"description": "It is as the caller has it.", "headers": ETAG}
        else:
            told[str(status)] = {"$ref": f"#/components/responses/{status}"}
    return told


def _links() -> dict[str, Any]:
    """What can be done with a case that was just opened."""
    told = {"{code}": OF_A_CASE, "{ref}": OF_A_HANDOFF, "{id}": {"id": "$request.header.Idempotency-Key"}}
    return {
        operation.name: {"operationId": operation.name, "parameters": parameters}
        for operation in OPERATIONS
        for place, parameters in told.items()
        if place in operation.path
    }


def _refusal(status: int) -> dict[str, Any]:
    title = TITLES[status]
    example = {"type": f"{NAMESPACE}example", "title": title, "status": status, "detail": title}
    return {
        "description": title,
        "headers": dict(HEADERS.get(status, {})),
        "content": {MEDIA_TYPE: {"schema": {"$ref": TEMPLATE.format(model="Problem")}, "example": example}},
    }

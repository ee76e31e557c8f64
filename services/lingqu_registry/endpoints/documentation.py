"""What /openapi.json says of each route: an example of its answer, and each refusal it may give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse

from lingqu_registry.endpoints.requests import CONTENT_TYPE

Documented = dict[int | str, dict[str, Any]]

EXAMPLES: Mapping[int, str] = {
    400: "the request's body is not JSON; send one object",
    404: "HTTP 404 Not Found",
    413: "the request body is over the limit of 1048576 bytes; send less at once",
    415: f"HTTP 415 Unsupported Media Type: send {CONTENT_TYPE}",
    40401: "Subject 'demo.reading.v1-value' not found.",
    40402: "Version 7 not found.",
    40403: "Schema 12 not found",
    40404: "Subject 'a' was soft deleted. Set permanent=true to delete permanently",
    40405: "Subject 'a' was not deleted first before being permanently deleted",
    40406: "Subject 'a' Version 1 was soft deleted. Set permanent=true to delete permanently",
    40407: "Subject 'a' Version 1 was not deleted first before being permanently deleted",
    40408: "Subject 'a' does not have subject-level compatibility configured",
    40409: "Subject 'a' does not have subject-level mode configured",
    40901: "Schema being registered is incompatible with an earlier schema",
    42201: "Invalid schema: Empty schema",
    42202: "The specified version 'abc' is not a valid version id.",
    42203: "Invalid compatibility level. Valid values are none, backward, forward, full, …",
    42204: "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE and IMPORT",
    42205: "Subject a in context . is in read-only mode",
    42206: "One or more references exist to the schema a version 1.",
    42208: "The specified subject ' ' is not a valid subject.",
    42210: "Invalid rule set: ruleSet.domainRules[0]: Missing rule type",
    42211: "The specified context '.a' is not empty.",
    50001: "Error in the backend data store: the registry's log says where",
}
ERROR = {
    "type": "object",
    "required": ["error_code", "message"],
    "properties": {"error_code": {"type": "integer"}, "message": {"type": "string"}},
}
SCHEMA = '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}'
SCHEMA_BODY: dict[str, Any] = {
    "guid": "4f3c1d4e-0f5b-8f0c-9a4d-1f0b9f2f7d11",
    "schemaType": "AVRO",
    "schema": SCHEMA,
}
VERSION_BODY: dict[str, Any] = {
    "subject": "a",
    "version": 1,
    "id": 1,
    **SCHEMA_BODY,
    "ts": 1700000000000,
}
REGISTERED = {name: VERSION_BODY[name] for name in ("id", "version", "guid")}

PARAMETERS: Mapping[str, dict[str, Any]] = {
    "subject": {"description": "its name", "examples": ["a-value"]},
    "version": {"description": "a number, or latest", "examples": ["latest"]},
    "flag": {"description": "true in any case; all else is false", "examples": ["true"]},
}
_REQUESTED = {
    "type": "object",
    "properties": {
        "schema": {"type": "string"},
        "schemaType": {"type": "string", "enum": ["AVRO", "JSON", "PROTOBUF"]},
        "references": {"type": "array", "items": {"type": "object"}},
        "metadata": {"type": "object"},
        "ruleSet": {"type": "object"},
        "version": {"type": "integer"},
        "id": {"type": "integer"},
    },
}


class RegistryAnswer(JSONResponse):
    """Confluent's media type."""

    media_type = CONTENT_TYPE


def documented(example: Any, *codes: int) -> Documented:
    """Return the `responses` of a route: its answer, and the refusals by their codes."""
    return {200: _answered(example), **refusals(*codes)}


def refusals(*codes: int) -> Documented:
    """Return the `responses` of a route that answers nothing: its refusals by their codes."""
    found: Documented = {}
    by_status: dict[int, list[int]] = {}
    for code in (400, *codes, 50001):
        by_status.setdefault(int(str(code)[:3]), []).append(code)
    for status, each in by_status.items():
        found[status] = _refused(status, each)
    return found | {"default": _refused(500, [50001])}


def body(example: Mapping[str, Any], schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the `openapi_extra` of a route that takes one object in the body."""
    content = {"schema": schema or {"type": "object"}, "example": example}
    kinds = dict.fromkeys((CONTENT_TYPE, "application/json"), content)
    return {"requestBody": {"required": True, "content": kinds}}


def schema_sent() -> dict[str, Any]:
    """Return the `openapi_extra` of a route that takes a schema."""
    return body({"schema": SCHEMA}, _REQUESTED)


def parameters(*path: str, flags: Sequence[str]) -> dict[str, Any]:
    """Return the `openapi_extra` of a route that reads its parameters by hand."""
    named = [(name, "path", PARAMETERS[name]) for name in path]
    named += [(name, "query", PARAMETERS["flag"]) for name in flags]
    return {
        "parameters": [
            {
                "name": name,
                "in": place,
                "required": place == "path",
                "schema": {"type": "string", **said},
                "description": said["description"],
            }
            for name, place, said in named
        ]
    }


def _answered(example: Any) -> dict[str, Any]:
    # A schema's own text is JSON of any kind, and Protobuf's is none.
    shape = {} if isinstance(example, str) else _schema_of(example)
    content = {"schema": shape, "example": example}
    return {"description": "Done", "content": {CONTENT_TYPE: content}}


def _refused(status: int, codes: list[int]) -> dict[str, Any]:
    examples = {
        str(code): {"value": {"error_code": code, "message": EXAMPLES[code]}} for code in codes
    }
    content = {CONTENT_TYPE: {"schema": ERROR, "examples": examples}}
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        content["application/problem+json"] = {"schema": {"type": "object"}, "examples": {}}
    told = ", ".join(map(str, codes))
    return {"description": f"{HTTPStatus(status).phrase} ({told})", "content": content}


def _schema_of(example: Any) -> dict[str, Any]:
    if isinstance(example, list):
        return {"type": "array", "items": _schema_of(example[0]) if example else {}}
    if isinstance(example, dict):
        return {"type": "object"}
    return {"type": "integer" if isinstance(example, int) else "string"}

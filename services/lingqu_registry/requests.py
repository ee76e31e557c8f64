"""What a client sends and what it is answered, in Confluent's form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Request, Response

from lingqu_registry.errors import RegistryError, invalid_schema, invalid_version
from lingqu_registry.model import SchemaRow, VersionRow
from lingqu_registry.parsed import guid

CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"
ACCEPTED = frozenset(
    {
        CONTENT_TYPE,
        "application/vnd.schemaregistry+json",
        "application/json",
        "application/octet-stream",
        "",
    }
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Another subject's schema whose names a schema uses."""

    name: str
    subject: str
    version: int


@dataclass(frozen=True, slots=True)
class SchemaRequest:
    """A schema as it was sent, to be registered, looked up or judged."""

    text: str
    references: tuple[Reference, ...] = ()
    metadata: Mapping[str, Any] | None = None
    rule_set: Mapping[str, Any] | None = None
    version: int | None = None
    id: int | None = None
    normalize: bool = False

    def extras(self, references: Sequence[Reference]) -> dict[str, Any]:
        """Return what is kept beside the text; only what is not empty."""
        found = {
            "references": [
                {"name": each.name, "subject": each.subject, "version": each.version}
                for each in references
            ],
            "metadata": self.metadata,
            "ruleSet": self.rule_set,
        }
        return {name: value for name, value in found.items() if value}


def schema_request(body: Mapping[str, Any], *, normalize: bool = False) -> SchemaRequest:
    """Read a body; members it does not know are ignored, as clients send newer ones."""
    kind = body.get("schemaType") or "AVRO"
    if kind != "AVRO":
        raise invalid_schema(f"Invalid schema type {kind}; this registry holds AVRO")
    text = body.get("schema")
    if not isinstance(text, str) or not text:
        raise invalid_schema("Empty schema")
    return SchemaRequest(
        text=text,
        references=tuple(_reference(each) for each in body.get("references") or ()),
        metadata=body.get("metadata"),
        rule_set=body.get("ruleSet"),
        version=body.get("version"),
        id=body.get("id"),
        normalize=normalize,
    )


async def json_body(request: Request) -> dict[str, Any]:
    """Return the body's object, whatever accepted content type it came with."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ACCEPTED:
        raise RegistryError(415, f"HTTP 415 Unsupported Media Type: send {CONTENT_TYPE}")
    try:
        body = orjson.loads(await request.body() or b"{}")
    except ValueError as error:
        raise RegistryError(400, "the request's body is not JSON; send one object") from error
    if not isinstance(body, dict):
        raise RegistryError(400, "the request's body is JSON, but not an object")
    return body


def flag(value: str | None) -> bool:
    """Read a boolean of a query as any client writes it: true, True, TRUE."""
    return value is not None and value.strip().lower() == "true"


def version_number(token: str) -> int | None:
    """Return the version, or None for the latest."""
    word = token.strip().lower()
    if word in {"latest", "-1"}:
        return None
    if word.isascii() and word.isdigit() and 1 <= int(word[:11]) <= 2**31 - 1:
        return int(word)
    raise invalid_version(token)


def page(items: list[Any], offset: int, limit: int) -> list[Any]:
    return items[offset : offset + limit] if limit >= 0 else items[offset:]


def answer(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type=CONTENT_TYPE)


def refusal(code: int, message: str, status: int) -> Response:
    return answer({"error_code": code, "message": message}, status)


def version_body(row: VersionRow) -> dict[str, Any]:
    return {
        "subject": row.subject,
        "version": row.version,
        "id": row.schema_id,
        **schema_body(row.schema),
        "ts": row.registered_at_ms,
        **({"deleted": True} if row.deleted else {}),
    }


def schema_body(row: SchemaRow) -> dict[str, Any]:
    return {
        "guid": guid(row.digest),
        "schemaType": "AVRO",
        "schema": row.text,
        **json.loads(row.extras),
    }


def _reference(body: Any) -> Reference:
    try:
        return Reference(str(body["name"]), str(body["subject"]), int(body["version"]))
    except (KeyError, TypeError, ValueError) as error:
        raise invalid_schema("a reference needs a name, a subject and a version") from error

"""What a client sends, read once into values that are trusted afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, TypeVar, get_args

import orjson
from fastapi import Request

from lingqu_registry.errors import RegistryError, invalid_schema, invalid_version
from lingqu_registry.metadata import Metadata, read_metadata
from lingqu_registry.rules import RuleSet, read_rule_set

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
SchemaType = Literal["JSON", "PROTOBUF", "AVRO"]
SCHEMA_TYPES: tuple[SchemaType, ...] = get_args(SchemaType)
T = TypeVar("T")
MOST = 2**31 - 1
LATEST = -1


@dataclass(frozen=True, slots=True)
class Reference:
    """Another subject's schema whose names a schema uses; version -1 is the latest."""

    name: str
    subject: str
    version: int

    @property
    def body(self) -> dict[str, Any]:
        return {"name": self.name, "subject": self.subject, "version": self.version}


@dataclass(frozen=True, slots=True)
class SchemaRequest:
    """A schema as it was sent, to be registered, looked up or judged.

    `version` and `id` are 0 and -1 where none is asked for, as in Confluent's requests.
    """

    text: str
    schema_type: str = "AVRO"
    references: tuple[Reference, ...] = ()
    metadata: Metadata | None = None
    rule_set: RuleSet | None = None
    version: int = 0
    id: int = -1
    normalize: bool = False


def schema_request(body: Mapping[str, Any], *, normalize: bool = False) -> SchemaRequest:
    """Read a body; members it does not know are ignored, as clients send newer ones."""
    text = body.get("schema")
    if text is not None and (not isinstance(text, str) or "\x00" in text):
        raise invalid_schema("the member 'schema' is no text")
    return SchemaRequest(
        text=text or "",
        schema_type=_schema_type(body.get("schemaType")),
        references=_references(body.get("references")),
        metadata=read_metadata(body.get("metadata")),
        rule_set=read_rule_set(body.get("ruleSet")),
        version=_number(body, "version", 0),
        id=_number(body, "id", -1),
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
    """Read a boolean of a query as any client writes it: true, True; all else is false."""
    return value is not None and value.strip().lower() == "true"


def version_number(token: str) -> int:
    """Return the version, -1 for the latest. Raises 42202."""
    word = token.strip().lower()
    if word in {"latest", "-1"}:
        return LATEST
    if word.isascii() and word.isdigit() and len(word) <= 10 and 1 <= int(word) <= MOST:
        return int(word)
    raise invalid_version(token)


def page(items: Iterable[T], offset: int, limit: int, most: int | None = None) -> list[T]:
    """Return the asked part; a limit that is not positive, or over `most`, is the usual one."""
    count = limit if 0 < limit <= (most or MOST) else most
    first = max(offset, 0)
    return list(islice(items, first, None if count is None else first + count))


def _schema_type(value: Any) -> str:
    for each in SCHEMA_TYPES:
        if value == each:
            return each
    if value is None or value == "":
        return "AVRO"
    raise invalid_schema(f"Invalid schema type {value}; it is one of {', '.join(SCHEMA_TYPES)}")


def _references(value: Any) -> tuple[Reference, ...]:
    if value is not None and not isinstance(value, list):
        raise invalid_schema("the member 'references' is no list")
    return tuple(_reference(each) for each in value or ())


def _reference(body: Any) -> Reference:
    found = body if isinstance(body, Mapping) else {}
    name, subject, version = found.get("name"), found.get("subject"), found.get("version", LATEST)
    if not isinstance(name, str) or not isinstance(subject, str) or "\x00" in name + subject:
        raise invalid_schema("a reference needs a name, a subject and a version")
    if type(version) is not int or version == 0 or not LATEST <= version <= MOST:
        raise invalid_schema(f"a reference to {subject!r} has no version from 1 to 2^31-1, or -1")
    return Reference(name, subject, version)


def _number(body: Mapping[str, Any], member: str, default: int) -> int:
    value = body.get(member)
    if value is None:
        return default
    if type(value) is not int or not -1 <= value <= MOST:
        raise invalid_schema(f"the member {member!r} is no number from -1 to 2^31-1")
    return value

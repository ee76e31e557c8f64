"""A registered schema as a value: valid, with its text and the names it may use."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import fastavro
from fastavro.schema import SchemaParseException, UnknownType

from lingqu_registry.canonical import canonical_text
from lingqu_registry.errors import invalid_schema
from lingqu_registry.wellformed import check_wellformed

_INVALID = (SchemaParseException, UnknownType, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class ParsedSchema:
    """A valid Avro schema: its canonical text, and its tree with full names."""

    text: str
    root: Any
    names: Mapping[str, Any]


@lru_cache(maxsize=2000)
def parse_schema(text: str, *, normalize: bool = False, uses: tuple[str, ...] = ()) -> ParsedSchema:
    """Parse a text that may use the names of others. Raises RegistryError 42201."""
    if not text.strip():
        raise invalid_schema("Empty schema")
    names: dict[str, Any] = {}
    try:
        for used in uses:
            fastavro.parse_schema(json.loads(used), named_schemas=names)
        node = _json(text)
        check_wellformed(node)
        root = fastavro.parse_schema(node, named_schemas=names)
        return ParsedSchema(canonical_text(node, normalize=normalize), root, names)
    except (*_INVALID, RecursionError) as error:
        raise invalid_schema(f"it is not Avro: {error}") from error


def fingerprint(text: str, others: tuple[Any, ...] = ()) -> str:
    """Return the identity of a schema: MD5 of its text, and of what else is sent with it.

    What is not given does not enter, so that registries which write a text alike agree.
    """
    digest = hashlib.md5(text.encode(), usedforsecurity=False)
    for other in others:
        if other:
            digest.update(b"\x01" + json.dumps(other, sort_keys=True).encode())
    return digest.hexdigest()


def guid(digest: str) -> str:
    return str(uuid.UUID(digest))


def _json(text: str) -> Any:
    """Read JSON; a bare name of a primitive counts as one, as Avro Java reads it."""
    try:
        return json.loads(text)
    except ValueError:
        if text.strip().isidentifier():
            return text.strip()
        raise

"""The identity of a schema: an MD5 over its text and what belongs to it, printed as a GUID.

Computed as Confluent's registry does, so that registries agree without asking each other: text,
references, then, where they are given, a byte 1 and the metadata, a byte 1 and the ruleSet.
Subject, version, id and schema type do not enter.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lingqu_registry.errors import invalid_schema

if TYPE_CHECKING:
    from lingqu_registry.endpoints.requests import Reference

_RULES = ("migrationRules", "domainRules", "encodingRules")
_RULE = ("name", "doc", "kind", "mode", "type", "tags", "params", "expr", "onSuccess", "onFailure")


def digest_of(
    text: str,
    references: Sequence[Reference] = (),
    metadata: Mapping[str, Any] | None = None,
    rule_set: Mapping[str, Any] | None = None,
) -> str:
    """Return 32 hexadecimal digits. Raises 42201 for text that no UTF-8 can carry."""
    try:
        parts = [text.encode()]
        for each in references:
            parts += [each.name.encode(), each.subject.encode(), each.version.to_bytes(4, "big")]
        if metadata is not None:
            parts += [b"\x01", *_metadata(metadata)]
        if rule_set is not None:
            parts += [b"\x01", *_rule_set(rule_set)]
    except UnicodeEncodeError as error:
        raise invalid_schema("it holds half of a UTF-16 surrogate pair") from error
    return hashlib.md5(b"".join(parts), usedforsecurity=False).hexdigest()


def guid_of(digest: str) -> str:
    """Return the digest as a UUID's text; no bits of version or variant are set."""
    return str(uuid.UUID(digest))


def digest_of_guid(guid: str) -> str | None:
    try:
        return uuid.UUID(guid).hex
    except ValueError:
        return None


def _metadata(metadata: Mapping[str, Any]) -> Iterable[bytes]:
    for path, tags in _sorted(metadata.get("tags", {}).items()):
        yield path.encode()
        yield from (tag.encode() for tag in _sorted(tags))
    for name, value in _sorted(metadata.get("properties", {}).items()):
        yield name.encode() + value.encode()
    yield from (name.encode() for name in _sorted(metadata.get("sensitive", ())))


def _rule_set(rule_set: Mapping[str, Any]) -> Iterable[bytes]:
    for kind in _RULES:
        for rule in rule_set.get(kind, ()):
            yield from (part.encode() for member in _RULE for part in _texts(rule.get(member)))
            if rule.get("disabled"):
                yield b"\x01"


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        for name, each in _sorted(value.items()):
            yield from (name, each)
    elif isinstance(value, str):
        yield value
    elif value is not None:
        yield from _sorted(value)


def _sorted(values: Iterable[Any]) -> list[Any]:
    """Sort as Java compares strings: by UTF-16 units."""
    return sorted(
        values,
        key=lambda each: (each if isinstance(each, str) else each[0]).encode(
            "utf-16-be", "surrogatepass"
        ),
    )

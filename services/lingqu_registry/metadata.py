"""`metadata` of a schema: tags of paths, properties, and which of these are sensitive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lingqu_registry.errors import invalid_metadata

Metadata = Mapping[str, Any]

VERSION = "confluent:version"


def read_metadata(value: Any, member: str = "metadata") -> Metadata | None:
    """Return what was sent, without what is empty, or None. Raises 42201 with the place."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise invalid_metadata(member, "an object")
    tags = value.get("tags") or {}
    properties = value.get("properties") or {}
    sensitive = value.get("sensitive") or []
    if not isinstance(tags, Mapping) or not all(map(_is_texts, tags.values())):
        raise invalid_metadata(f"{member}.tags", "an object of lists of strings")
    if not isinstance(properties, Mapping) or not _is_texts(list(properties.values())):
        raise invalid_metadata(f"{member}.properties", "an object of strings")
    if not _is_texts(sensitive):
        raise invalid_metadata(f"{member}.sensitive", "a list of strings")
    found = {
        "tags": {path: sorted(set(each)) for path, each in sorted(tags.items())},
        "properties": dict(sorted(properties.items())),
        "sensitive": sorted(set(sensitive)),
    }
    return {name: each for name, each in found.items() if each}


def merged_metadata(old: Metadata | None, new: Metadata | None) -> Metadata | None:
    """Return both, the new one's entries over the old one's."""
    if old is None or new is None:
        return new if old is None else old
    found = {
        "tags": {**old.get("tags", {}), **new.get("tags", {})},
        "properties": {**old.get("properties", {}), **new.get("properties", {})},
        "sensitive": sorted({*old.get("sensitive", ()), *new.get("sensitive", ())}),
    }
    return {name: each for name, each in found.items() if each}


def with_version(metadata: Metadata | None, version: int) -> Metadata:
    return merged_metadata(metadata, {"properties": {VERSION: str(version)}}) or {}


def version_in(metadata: Metadata | None) -> str | None:
    found = (metadata or {}).get("properties", {}).get(VERSION)
    return found if isinstance(found, str) else None


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)

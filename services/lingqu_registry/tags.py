"""Tags written into an Avro schema under `confluent:tags`, of its records and their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from lingqu_registry.errors import invalid_schema
from lingqu_registry.parsing.json_text import dump, read

TAGS = "confluent:tags"

Entity = tuple[str, str]
"""A path (`ns.Record`, `ns.Record.field`) and its type, `sr_record` or `sr_field`."""


def tags_in(text: str) -> dict[Entity, list[str]]:
    """Return the tags of each tagged entity."""
    found = {entity: _tags_of(node) for entity, node in _entities(read(text), "")}
    return {entity: tags for entity, tags in found.items() if tags}


def tagged_bodies(text: str, wanted: list[str]) -> list[dict[str, Any]]:
    """Return `schemaTags` of the entities with one of these tags; `*` is any."""
    return [
        {"schemaEntity": {"entityPath": path, "entityType": kind}, "tags": tags}
        for (path, kind), tags in tags_in(text).items()
        if "*" in wanted or not set(wanted).isdisjoint(tags)
    ]


def retagged(
    text: str, added: Mapping[Entity, list[str]], removed: Mapping[Entity, list[str]]
) -> str:
    """Return the schema with tags added, then removed. Raises 42201 for an unknown entity."""
    tree = read(text)
    known = dict(_entities(tree, ""))
    for entity in (*added, *removed):
        if entity not in known:
            raise invalid_schema(f"it has no {entity[1]} at the path {entity[0]!r} to tag")
    for entity in {**added, **removed}:
        tags = dict.fromkeys([*_tags_of(known[entity]), *added.get(entity, ())])
        kept = [tag for tag in tags if tag not in removed.get(entity, ())]
        if kept:
            known[entity][TAGS] = kept
        else:
            known[entity].pop(TAGS, None)
    return dump(tree)


def read_tags(value: Any, member: str) -> dict[Entity, list[str]]:
    """Read `tagsToAdd` or `tagsToRemove`. Raises 42201."""
    found: dict[Entity, list[str]] = {}
    if value is not None and not isinstance(value, list):
        raise invalid_schema(f"{member} is no list")
    for each in value or ():
        entity = each.get("schemaEntity") if isinstance(each, Mapping) else None
        tags = each.get("tags") if isinstance(each, Mapping) else None
        path = entity.get("entityPath") if isinstance(entity, Mapping) else None
        kind = entity.get("entityType") if isinstance(entity, Mapping) else None
        if not isinstance(path, str) or not isinstance(kind, str) or not _is_texts(tags):
            raise invalid_schema(f"{member} needs schemaEntity.entityPath, .entityType and tags")
        found.setdefault((path.removeprefix("."), kind.lower()), []).extend(tags)
    return found


def _tags_of(node: Mapping[str, Any]) -> list[str]:
    """Return an entity's tags; what is no list of texts is none."""
    tags = node.get(TAGS)
    return tags if _is_texts(tags) else []


def _is_texts(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _entities(node: Any, space: str) -> Iterator[tuple[Entity, dict[str, Any]]]:
    if isinstance(node, list):
        for branch in node:
            yield from _entities(branch, space)
    elif isinstance(node, dict):
        if node.get("type") in {"record", "error"} and isinstance(node.get("fields"), list):
            yield from _record(node, space)
        for part in ("type", "items", "values"):
            if isinstance(node.get(part), dict | list):
                yield from _entities(node[part], space)


def _record(node: dict[str, Any], space: str) -> Iterator[tuple[Entity, dict[str, Any]]]:
    name = str(node["name"])
    own = name.rpartition(".")[0] if "." in name else str(node.get("namespace", space))
    short = name.rpartition(".")[2]
    full = f"{own}.{short}" if own else short
    yield (full, "sr_record"), node
    for field in node["fields"]:
        yield (f"{full}.{field['name']}", "sr_field"), field
        yield from _entities(field["type"], own)

"""The Avro profile of our own contracts: what the columnar path carries and a view can judge."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lingqu.contracts.envelope import ENVELOPE_FIELDS
from lingqu.contracts.yaml_file import nearest

PRIMITIVES = ("string", "boolean", "int", "long", "double")
LOGICAL = {"timestamp-millis": "long", "date": "int"}
GRADES = (1, 2, 3, 4, "important")
KINDS = ("none", "personal", "sensitive_personal", "minor", "commercial")
NEVER_SHARED = ("core", "work_secret", "state_secret")
ATTRIBUTES = ("name", "type", "default", "doc", "unit", "grade", "kind", "aliases")
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*")


def check_profile(schema: str) -> list[str]:
    """Return what keeps the schema from being a contract's, a sentence each; empty when nothing."""
    record = json.loads(schema)
    if not isinstance(record, dict) or record.get("type") != "record":
        return ["a contract's schema is one record; wrap it in one"]
    problems = list(_envelope(record))
    if not str(record.get("namespace", "")).startswith("cn.lingqu."):
        problems.append("the namespace must be cn.lingqu.<domain>")
    return problems + list(_Walk().record(record, record.get("name", "record")))


def _envelope(record: dict[str, Any]) -> Iterator[str]:
    given = record.get("fields", [])[: len(ENVELOPE_FIELDS)]
    for place, wanted in enumerate(ENVELOPE_FIELDS):
        found = given[place] if place < len(given) else {}
        if found.get("name") != wanted["name"]:
            yield (
                f"field {place + 1} must be the envelope's {wanted['name']!r},"
                f" not {found.get('name')!r}"
            )
            return
        for part in ("type", "default"):
            if _bare(found.get(part)) != wanted.get(part):
                should = json.dumps(wanted.get(part))
                yield f"the envelope's {wanted['name']!r} must have the {part} {should}"


def _bare(avro: Any) -> Any:
    """Return a type without its doc and its enum default, which a contract may add."""
    if not isinstance(avro, dict):
        return avro
    return {name: value for name, value in avro.items() if name not in ("doc", "default")}


class _Walk:
    """One walk through a schema, knowing the named types met so far."""

    def __init__(self) -> None:
        self.finished: set[str] = set()

    def record(self, record: dict[str, Any], path: str) -> Iterator[str]:
        yield from _name(record, path, PASCAL, "PascalCase")
        if not record.get("doc"):
            yield f"{path}: the record has no doc; say in one sentence what it is"
        if not record.get("fields"):
            yield f"{path}: a record needs a field; one without any takes no bytes"
        names = [field.get("name") for field in record.get("fields", [])]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{path}: two fields are called {name!r}; rename one"
        for field in record.get("fields", []):
            yield from self.field(field, f"{path}.{field.get('name')}")
        self.finished.add(record.get("name", ""))

    def field(self, field: dict[str, Any], path: str) -> Iterator[str]:
        yield from _name(field, path, SNAKE, "snake_case")
        yield from _attributes(field, path)
        avro = field.get("type")
        if isinstance(avro, list):
            yield from _nullable(field, path)
            avro = next((branch for branch in avro if branch != "null"), None)
        if path.endswith("_fen") and avro != "long":
            yield f"{path}: money is whole fen; make it a long"
        yield from self.type(avro, path)

    def type(self, avro: Any, path: str) -> Iterator[str]:
        match avro:
            case str():
                if avro not in PRIMITIVES and avro not in self.finished:
                    yield f"{path}: the type {avro!r} is outside the profile; {_cure(avro)}"
            case {"logicalType": logical}:
                if LOGICAL.get(logical) != avro.get("type"):
                    yield (
                        f"{path}: {logical} on {avro.get('type')} is outside the profile;"
                        " instants are timestamp-millis on long, days are date on int"
                    )
            case {"type": "record"}:
                yield from self.record(avro, path)
            case {"type": "enum"}:
                yield from self.enum(avro, path)
            case {"type": "array", "items": inner} | {"type": "map", "values": inner}:
                yield from self.item(inner, path)
            case {"type": str() as plain} if plain in PRIMITIVES:
                return
            case _:
                yield f"{path}: the type {json.dumps(avro)} is outside the profile; {_cure('')}"

    def enum(self, enum: dict[str, Any], path: str) -> Iterator[str]:
        yield from _name(enum, path, PASCAL, "PascalCase")
        default = enum.get("default")
        if default is not None and default not in enum.get("symbols", []):
            yield f"{path}: the enum's default {default!r} is not one of its symbols"
        self.finished.add(enum.get("name", ""))

    def item(self, inner: Any, path: str) -> Iterator[str]:
        if isinstance(inner, list):
            yield f"{path}: items are not null or of several types; wrap them in a record"
        else:
            yield from self.type(inner, f"{path}[]")


def _name(named: dict[str, Any], path: str, pattern: re.Pattern[str], style: str) -> Iterator[str]:
    if not pattern.fullmatch(str(named.get("name", ""))):
        yield f"{path}: {named.get('name')!r} is not {style}"


def _nullable(field: dict[str, Any], path: str) -> Iterator[str]:
    avro = field["type"]
    if len(avro) != 2 or avro[0] != "null":
        yield f'{path}: the only union is ["null", type]'
    if field.get("default", "") is not None:
        yield f"{path}: a nullable field has the default null; add it"


def _attributes(field: dict[str, Any], path: str) -> Iterator[str]:
    for name in sorted(set(field) - set(ATTRIBUTES)):
        yield f"{path}: unknown attribute {name!r}; {nearest(name, list(ATTRIBUTES))}"
    if not str(field.get("doc", "")).strip():
        yield f"{path}: the field has no doc; say what it is"
    for part, known in (("grade", GRADES), ("kind", KINDS)):
        value = field.get(part)
        if value in NEVER_SHARED:
            yield f"{path}: {part} {value!r} is never shared; leave the field out"
        elif value not in known or isinstance(value, bool):
            choice = ", ".join(map(str, known))
            yield f"{path}: the {part} {value!r} is not one of {choice}; choose one"


def _cure(avro: str) -> str:
    if avro == "float":
        return "use double"
    known = ", ".join((*PRIMITIVES, *LOGICAL))
    return f"use {known}, enum, array, map or a record that is not recursive"

"""Avro schema files read into contract versions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastavro

from lingqu.contracts.avro.profile import check_profile
from lingqu.contracts.model import ContractVersion, FieldSpec
from lingqu.errors import ContractError

_VERSION_FILE = re.compile(r"v(0|[1-9]\d*)\.(0|[1-9]\d*)\.avsc")


def read_version(path: Path) -> ContractVersion:
    """Return the version in that `v<major>.<minor>.avsc`; raise ContractError with the cure."""
    number, schema = version_number(path), read_schema(path)
    problems = check_profile(schema)
    if problems:
        raise ContractError(f"{path}: {problems[0]}")
    return parse_version(number, schema)


def version_number(path: Path) -> str:
    """Return the number in the name `v1.0.avsc`; raise ContractError with the cure."""
    named = _VERSION_FILE.fullmatch(path.name)
    if named is None:
        raise ContractError(f"{path}: not a version's name; call it like v1.0.avsc")
    return f"{named[1]}.{named[2]}"


def parse_version(number: str, schema: str) -> ContractVersion:
    """Return a schema that keeps the profile as a version of that number."""
    record = json.loads(schema)
    major, minor = number.split(".")
    return ContractVersion(
        number=number,
        major=int(major),
        minor=int(minor),
        schema=schema,
        record_name=f"{record['namespace']}.{record['name']}",
        fields=tuple(field_specs(schema)),
    )


def field_specs(schema: str) -> Iterator[FieldSpec]:
    """Yield every field of a record schema, all levels, depth first."""
    record = json.loads(schema)
    return _fields(record, "", _named(record))


def read_schema(path: Path) -> str:
    """Return the file's schema as compact JSON; raise ContractError where it is not Avro."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ContractError(f"{path}: {place}: not JSON: {error.msg}") from error
    except OSError as error:
        raise ContractError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ContractError(f"{path}: not UTF-8 text ({error}); save it as UTF-8") from error
    try:
        fastavro.parse_schema(document)
    except Exception as error:  # fastavro raises whatever it stumbles over
        raise ContractError(f"{path}: not an Avro schema: {error}") from error
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _fields(record: dict[str, Any], prefix: str, named: dict[str, Any]) -> Iterator[FieldSpec]:
    for field in record["fields"]:
        plain, nullable = _without_null(field["type"])
        plain = named.get(plain, plain) if isinstance(plain, str) else plain
        path = f"{prefix}{field['name']}"
        yield FieldSpec(
            path=path,
            type_name=_type_name(plain),
            nullable=nullable,
            has_default="default" in field,
            doc=field.get("doc", ""),
            unit=field.get("unit", ""),
            grade=field.get("grade", ""),
            kind=field.get("kind", ""),
        )
        inner = _inner_record(plain, named)
        if inner is not None:
            yield from _fields(inner, f"{path}.", named)


def _without_null(avro: Any) -> tuple[Any, bool]:
    if not isinstance(avro, list):
        return avro, False
    others = [branch for branch in avro if branch != "null"]
    return (others[0] if len(others) == 1 else others), "null" in avro


def _type_name(avro: Any) -> str:
    if isinstance(avro, list):
        return "union"
    if isinstance(avro, dict):
        return str(avro.get("logicalType", avro["type"]))
    return str(avro)


def _inner_record(avro: Any, named: dict[str, Any]) -> dict[str, Any] | None:
    """Return the record whose fields lie below this type: its own, its items' or its values'."""
    plain, _ = _without_null(avro)
    plain = named.get(plain, plain) if isinstance(plain, str) else plain
    match plain:
        case {"type": "record"}:
            return dict(plain)
        case {"type": "array", "items": inner} | {"type": "map", "values": inner}:
            return _inner_record(inner, named)
        case _:
            return None


def _named(avro: Any) -> dict[str, Any]:
    """Return all named types of a schema by their short names."""
    if isinstance(avro, list):
        return {name: each for branch in avro for name, each in _named(branch).items()}
    if not isinstance(avro, dict):
        return {}
    found = {avro["name"]: avro} if avro.get("type") in ("record", "enum") else {}
    below = [field["type"] for field in avro.get("fields", [])]
    below += [avro[part] for part in ("items", "values") if part in avro]
    if isinstance(avro.get("type"), (dict, list)):
        below.append(avro["type"])
    return found | _named(below)

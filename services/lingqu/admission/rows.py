"""Rows as JSON carries them, made into what the Avro schema wants."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from lingqu.admission.values import Converter, Misfit, nearest, scalar, symbol
from lingqu.errors import Reason

_ABSENT = object()


class RowReader:
    """Checks and converts the rows of one schema, field by field, by functions compiled once.

    Only what was given is returned: the encoder fills the defaults, so that a later minor version
    with one more default leaves the content of an old row as it was.
    """

    def __init__(self, schema: str, *, derived: frozenset[str] = frozenset()) -> None:
        """Compile; top-level fields in `derived` may be left out although they have no default."""
        self._named: dict[str, Converter] = {}
        parsed: dict[str, Any] = json.loads(schema)
        self.defaults = {
            field["name"]: field["default"] for field in parsed["fields"] if "default" in field
        }
        self.fields = frozenset(field["name"] for field in parsed["fields"])
        self._read = self._record(parsed, "", derived)

    def read(self, row: object) -> dict[str, Any] | Reason:
        """Return the row as the encoder wants it, or why it cannot be."""
        try:
            converted: dict[str, Any] = self._read(row)
        except Misfit as misfit:
            field = misfit.path or None
            place = f"field {field!r}" if field else "the event"
            return Reason(misfit.code, f"{place} {misfit.detail}", field=field)
        except RecursionError:
            return Reason("undecodable", "the event is nested too deeply")
        return converted

    def _compile(self, schema: Any, namespace: str) -> Converter:
        if isinstance(schema, list):
            return self._union(schema, namespace)
        if isinstance(schema, str):
            return self._by_name(schema, namespace)
        if schema["type"] == "array":
            return _array(self._compile(schema["items"], namespace))
        if schema["type"] == "map":
            return _map(self._compile(schema["values"], namespace))
        return self._by_kind(schema, namespace)

    def _by_kind(self, schema: Mapping[str, Any], namespace: str) -> Converter:
        match schema["type"]:
            case "record" | "error":
                return self._record(schema, namespace, frozenset())
            case "enum":
                return self._name(schema, namespace, symbol(schema["symbols"]))
            case "fixed":
                return self._name(schema, namespace, scalar("fixed", schema.get("logicalType")))
            case str() as primitive if "logicalType" in schema:
                return scalar(primitive, schema["logicalType"])
            case nested:
                return self._compile(nested, namespace)

    def _by_name(self, name: str, namespace: str) -> Converter:
        for full in (name, f"{namespace}.{name}"):
            if full in self._named:
                return self._named[full]
        return scalar(name)

    def _name(self, schema: Mapping[str, Any], namespace: str, converter: Converter) -> Converter:
        inner = schema.get("namespace", namespace)
        name = schema["name"]
        self._named[name if "." in name or not inner else f"{inner}.{name}"] = converter
        return converter

    def _record(
        self, schema: Mapping[str, Any], namespace: str, derived: frozenset[str]
    ) -> Converter:
        inner = schema.get("namespace", namespace)
        plan: list[tuple[str, Converter, bool]] = []
        read = self._name(schema, namespace, _record(plan))
        for field in schema["fields"]:
            name = field["name"]
            needed = "default" not in field and name not in derived
            plan.append((name, self._compile(field["type"], inner), needed))
        return read

    def _union(self, branches: list[Any], namespace: str) -> Converter:
        readers = [self._compile(branch, namespace) for branch in branches if branch != "null"]
        first = readers[0] if len(readers) == 1 else _first_of(readers)
        if "null" not in branches:
            return first
        return lambda value: None if value is None else first(value)


def _record(plan: list[tuple[str, Converter, bool]]) -> Converter:
    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise Misfit("is not an object")
        converted: dict[str, Any] = {}
        name = ""
        try:
            for name, convert, needed in plan:
                given = value.get(name, _ABSENT)
                if given is not _ABSENT:
                    converted[name] = convert(given)
                elif needed:
                    _refuse_absence()
        except Misfit as misfit:
            raise misfit.within(name) from None
        if len(converted) != len(value):
            raise _unknown(value, [name for name, _, _ in plan])
        return converted

    return read


def _refuse_absence() -> NoReturn:
    raise Misfit("is missing and has no default", "missing_field")


def _unknown(value: Mapping[str, Any], known: list[str]) -> Misfit:
    name = next(name for name in value if name not in known)
    return Misfit(f"is not in the contract; {nearest(name, known)}").within(name)


def _array(convert: Converter) -> Converter:
    def read(value: Any) -> list[Any]:
        if type(value) is not list:
            raise Misfit("is not a list")
        return [convert(item) for item in value]

    return read


def _map(convert: Converter) -> Converter:
    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise Misfit("is not an object")
        return {name: convert(item) for name, item in value.items()}

    return read


def _first_of(readers: list[Converter]) -> Converter:
    def read(value: Any) -> Any:
        for convert in readers:
            try:
                return convert(value)
            except Misfit:
                continue
        raise Misfit("fits no branch of the union")

    return read

"""Avro's schema resolution compiled to steps over whole Arrow columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import fastavro
import pyarrow as pa
import pyarrow.compute as pc

from lingqu.wire.shape import Node, branch

Step = Callable[[pa.Array], pa.Array]

_NUMBERS = {"int": pa.int32(), "long": pa.int64(), "float": pa.float32(), "double": pa.float64()}
_ORDER = list(_NUMBERS)


def plan_record(writer: Node, reader: Node) -> Step | None:
    """Return the step from one record's struct to the other's, or None where rows must be read."""
    written = fastavro.parse_schema(writer)
    read = fastavro.parse_schema(reader)
    return _Planner(_definitions(written), _definitions(read)).step(written, read)


class _Planner:
    def __init__(self, written: Mapping[str, Node], read: Mapping[str, Node]) -> None:
        self._written = written
        self._read = read

    def step(self, writer: Node, reader: Node) -> Step | None:
        """Return how a column of one type becomes one of the other, or None: only by rows."""
        (writer, writes_null), (reader, reads_null) = branch(writer), branch(reader)
        writer = _looked_up(writer, self._written)
        reader = _looked_up(reader, self._read)
        if (writes_null and not reads_null) or _kind(writer) != _kind(reader):
            return None if writes_null > reads_null else _promotion(_kind(writer), _kind(reader))
        match _kind(reader):
            case "record":
                return self._record(writer, reader)
            case "enum":
                return _enum(writer, reader)
            case "array":
                return self._array(writer, reader)
            case "map" if writer["values"] != reader["values"]:
                return None
            case _:
                return _same

    def _record(self, writer: Node, reader: Node) -> Step | None:
        if writer["name"] != reader["name"]:
            return None
        places = {field["name"]: place for place, field in enumerate(writer["fields"])}
        parts: list[Step] = []
        for field in reader["fields"]:
            names = [field["name"], *field.get("aliases", ())]
            place = next((places[name] for name in names if name in places), None)
            part = (
                _default(field, self._read)
                if place is None
                else self._child(place, writer["fields"][place]["type"], field["type"])
            )
            if part is None:
                return None
            parts.append(part)
        return _struct([field["name"] for field in reader["fields"]], parts)

    def _child(self, place: int, writer: Node, reader: Node) -> Step | None:
        inner = self.step(writer, reader)
        return None if inner is None else lambda struct: inner(struct.field(place))

    def _array(self, writer: Node, reader: Node) -> Step | None:
        inner = self.step(writer["items"], reader["items"])
        if inner is None or inner is _same:
            return inner

        def rebuild(lists: pa.Array) -> pa.Array:
            whole = pa.concat_arrays([lists, lists.slice(0, 0)]) if lists.offset else lists
            mask = whole.is_null() if whole.null_count else None
            return pa.ListArray.from_arrays(whole.offsets, inner(whole.values), mask=mask)

        return rebuild


def _same(array: pa.Array) -> pa.Array:
    return array


def _struct(names: list[str], parts: list[Step]) -> Step:
    def build(struct: pa.Array) -> pa.Array:
        children = [part(struct) for part in parts]
        mask = struct.is_null() if struct.null_count else None
        return pa.StructArray.from_arrays(children, names=names, mask=mask)

    return build


def _enum(writer: Node, reader: Node) -> Step | None:
    missing = set(writer["symbols"]) - set(reader["symbols"])
    if writer["name"] != reader["name"]:
        return None
    if not missing:
        return _same
    if "default" not in reader:
        return None
    default, unknown = reader["default"], pa.array(sorted(missing), pa.string())
    return lambda array: pc.if_else(pc.is_in(array, unknown), default, array)


def _promotion(writer: str, reader: str) -> Step | None:
    if writer not in _NUMBERS or reader not in _NUMBERS:
        return None
    if _ORDER.index(writer) > _ORDER.index(reader):
        return None
    kind = _NUMBERS[reader]
    return lambda array: array.cast(kind, safe=False)


def _default(field: Mapping[str, Any], names: Mapping[str, Node]) -> Step | None:
    """Return the default as a column, where it is a plain value; a nested one is read by rows."""
    if "default" not in field:
        return None
    default, kind = field["default"], _first_branch(field["type"])
    kind = _looked_up(kind, names)
    if isinstance(default, dict) or (isinstance(default, list) and default):
        return None
    scalar = pa.scalar(None if default == [] else default)
    if default == []:
        return _empty_lists
    if kind in ("float", "double"):
        scalar = pa.scalar(float(default))
    return lambda struct: pa.repeat(scalar, len(struct))


def _empty_lists(struct: pa.Array) -> pa.Array:
    offsets = pa.repeat(pa.scalar(0, pa.int32()), len(struct) + 1)
    return pa.ListArray.from_arrays(offsets, pa.nulls(0))


def _first_branch(node: Node) -> Node:
    return node[0] if isinstance(node, list) else node


def _kind(node: Node) -> str:
    if isinstance(node, str):
        return node
    if isinstance(node, list):
        return "union"
    kind = node["type"]
    logical = node.get("logicalType")
    return f"{kind}.{logical}" if logical and "name" not in node else str(kind)


def _looked_up(node: Node, names: Mapping[str, Node]) -> Node:
    return names.get(node, node) if isinstance(node, str) else node


def _definitions(parsed: Node) -> Mapping[str, Node]:
    found: Mapping[str, Node] = parsed["__named_schemas"]
    return found

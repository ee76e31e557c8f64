"""What the codec must know of an Avro schema, read once from its text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import fastavro
from fastavro.schema import SchemaParseException, UnknownType

from lingqu.errors import ContractError

Node = Any  # a node of a schema's JSON: a name, a list of branches, or an object

LOGICAL_IN_ARROW = {
    "timestamp-millis": "long",
    "timestamp-micros": "long",
    "date": "int",
}
PARSE_ERRORS = (SchemaParseException, UnknownType)
PRIMITIVES = frozenset({"boolean", "int", "long", "float", "double", "string"})


class ZeroWidthItems(ContractError):  # noqa: N818 - named as what was found
    """Items that take no bytes let nine bytes claim a billion of them."""

    def __init__(self, record: str, path: str) -> None:
        super().__init__(
            f"schema {record}, {path}: its items take no bytes, so a few bytes could claim"
            " any number of them; give the items a field"
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """A record schema without what does not change bytes: full names, no docs, no defaults."""

    root: Mapping[str, Any]
    names: Mapping[str, Node]

    @property
    def record(self) -> str:
        return str(self.root["name"])

    @property
    def fields(self) -> list[tuple[str, Node]]:
        return [(field["name"], field["type"]) for field in self.root["fields"]]

    def resolve(self, node: Node) -> Node:
        """Return the definition that a name stands for."""
        return self.names.get(node, node) if isinstance(node, str) else node

    def is_recursive(self, node: Node, inside: frozenset[str] = frozenset()) -> bool:
        node = self.resolve(node)
        if isinstance(node, Mapping) and node["type"] == "record":
            if node["name"] in inside:
                return True
            inside |= {node["name"]}
        return any(self.is_recursive(child, inside) for _, child in children(node))


def read_shape(schema: str) -> Shape:
    """Parse a schema text. Raises ContractError: not valid, not a record, or zero-width items."""
    try:
        parsed = fastavro.parse_schema(json.loads(schema))
    except (ValueError, KeyError, TypeError, RecursionError, *PARSE_ERRORS) as error:
        raise ContractError(f"not a valid Avro schema: {error}") from error
    names: dict[str, Node] = {}
    root = _bare(parsed, names)
    if not isinstance(root, dict) or root["type"] != "record":
        raise ContractError("an event's schema must be a record, so that its fields have names")
    if not root["fields"]:
        raise ContractError(f"schema {root['name']} has no fields; an event needs at least one")
    shape = Shape(root, names)
    _refuse_zero_width_items(shape, root, "", frozenset())
    return shape


def same_bytes(schema: str, other: str) -> bool:
    """Tell whether two texts describe the same names and bytes, whatever else they say."""
    return schema == other or read_shape(schema).root == read_shape(other).root


def branch(node: Node) -> tuple[Node, bool]:
    """Split a nullable union into its other branch and True; anything else is itself and False."""
    if isinstance(node, list) and len(node) == 2 and "null" in node:
        return (node[1] if node[0] == "null" else node[0]), True
    return node, False


def children(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the parts of a node with the step of the path that leads there."""
    if isinstance(node, list):
        yield from (("", part) for part in node)
    elif isinstance(node, Mapping):
        match node["type"]:
            case "record":
                yield from ((f".{field['name']}", field["type"]) for field in node["fields"])
            case "array":
                yield "", node["items"]
            case "map":
                yield "", node["values"]


def without_logical_types(node: Node) -> Node:
    """Return the node as its bytes are: instants and days as whole numbers."""
    if isinstance(node, list):
        return [without_logical_types(part) for part in node]
    if not isinstance(node, Mapping):
        return node
    if "logicalType" in node and "name" not in node:
        return node["type"]
    keys = {"fields", "type", "items", "values"}
    return {
        key: without_logical_types(value) if key in keys else value
        for key, value in node.items()
        if key != "logicalType"
    }


def _bare(node: Node, names: dict[str, Node]) -> Node:  # noqa: PLR0911 - a table of types
    if isinstance(node, list):
        return [_bare(part, names) for part in node]
    if isinstance(node, str):
        return node
    kind, logical = node["type"], node.get("logicalType")
    if "name" in node:
        return _definition(node, names)
    if kind == "array":
        return {"type": "array", "items": _bare(node["items"], names)}
    if kind == "map":
        return {"type": "map", "values": _bare(node["values"], names)}
    if kind == LOGICAL_IN_ARROW.get(logical):
        return {"type": kind, "logicalType": logical}
    return _bare(kind, names)


def _definition(node: Mapping[str, Node], names: dict[str, Node]) -> Node:
    if node["type"] not in {"record", "error"}:
        keys = ("type", "name", "symbols", "size")
        return names.setdefault(node["name"], {key: node[key] for key in keys if key in node})
    fields: list[dict[str, Node]] = []
    found = {"type": "record", "name": node["name"], "fields": fields}
    names[node["name"]] = found
    fields.extend(
        {"name": part["name"], "type": _bare(part["type"], names)} for part in node["fields"]
    )
    return found


def _refuse_zero_width_items(shape: Shape, node: Node, path: str, inside: frozenset[str]) -> None:
    node = shape.resolve(node)
    if isinstance(node, Mapping) and node["type"] == "record":
        if node["name"] in inside:
            return
        inside |= {node["name"]}
    for step, child in children(node):
        is_item = isinstance(node, Mapping) and node["type"] in {"array", "map"}
        if is_item and _is_zero_width(shape, child, frozenset()):
            raise ZeroWidthItems(shape.record, path.lstrip("."))
        _refuse_zero_width_items(shape, child, path + step, inside)


def _is_zero_width(shape: Shape, node: Node, inside: frozenset[str]) -> bool:
    node = shape.resolve(node)
    if node == "null":
        return True
    if not isinstance(node, Mapping):
        return False
    if node["type"] == "record" and node["name"] not in inside:
        inside |= {node["name"]}
        return all(_is_zero_width(shape, child, inside) for _, child in children(node))
    return bool(node["type"] == "fixed" and node["size"] == 0)

"""A schema's one text: what Avro Java's `Schema.toString()` writes, so that an id is found again.

Attributes stand in fixed order, then the unknown ones as they came (`unit`, `logicalType`), then
aliases; `{"type": "string"}` is `"string"`; a namespace is written where it changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

Node = Any

PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
NAMED = frozenset({"record", "error", "enum", "fixed"})
CONTAINERS = {"array": "items", "map": "values"}
RESERVED = frozenset(
    {"doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases"}
)
FIELD_RESERVED = frozenset({"default", "doc", "name", "order", "type", "aliases"})


def canonical_text(schema: Node, *, normalize: bool = False) -> str:
    """Return the text of a schema that has been found valid.

    `normalize` writes full names, and unknown attributes sorted by name.
    """
    return dump(_Writer(normalize).node(schema, None, None))


class _Writer:
    def __init__(self, normalize: bool) -> None:
        self._normalize = normalize
        self._known: set[str] = set()

    def node(self, node: Node, space: str | None, written: str | None) -> Node:
        """Write one node; `space` is where names are resolved, `written` what the text implies."""
        if isinstance(node, list):
            return [self.node(part, space, written) for part in node]
        if isinstance(node, str):
            return self._reference(node, space, written)
        kind = node["type"]
        if kind in NAMED:
            return self._named(node, space, written)
        if kind in CONTAINERS:
            inner = self.node(node[CONTAINERS[kind]], space, written)
            return {"type": kind, CONTAINERS[kind]: inner} | self._props(node, RESERVED)
        if kind in PRIMITIVES:
            props = self._props(node, RESERVED)
            return {"type": kind} | props if props else kind
        return self._reference(kind, space, written)

    def _named(self, node: Mapping[str, Node], space: str | None, written: str | None) -> Node:
        name, own = split_name(node["name"], node.get("namespace", space))
        full = f"{own}.{name}" if own else name
        if full in self._known:
            return self._reference(full, own, written)
        self._known.add(full)
        found = {"type": node["type"], **self._name(name, own, written)}
        if self._normalize:
            found = {"name": full, "type": node["type"]}
        if "doc" in node:
            found["doc"] = node["doc"]
        found |= self._body(node, own)
        reserved = RESERVED | {"default"} if node["type"] == "enum" else RESERVED
        found |= self._props(node, reserved)
        if node.get("aliases"):
            found["aliases"] = [self._alias(alias, own) for alias in node["aliases"]]
        return found

    def _body(self, node: Mapping[str, Node], own: str | None) -> dict[str, Node]:
        match node["type"]:
            case "enum":
                symbols = {"symbols": node["symbols"]}
                return symbols | ({"default": node["default"]} if node.get("default") else {})
            case "fixed":
                return {"size": node["size"]}
            case _:
                return {"fields": [self._field(field, own) for field in node["fields"]]}

    def _field(self, field: Mapping[str, Node], own: str | None) -> dict[str, Node]:
        found = {"name": field["name"], "type": self.node(field["type"], own, own)}
        if field.get("doc") is not None:
            found["doc"] = field["doc"]
        if "default" in field:
            found["default"] = field["default"]
        if field.get("order", "ascending") != "ascending":
            found["order"] = field["order"]
        if field.get("aliases"):
            found["aliases"] = field["aliases"]
        return found | self._props(field, FIELD_RESERVED)

    def _name(self, name: str, own: str | None, written: str | None) -> dict[str, str]:
        if own == written:
            return {"name": name}
        return {"name": name, "namespace": own or ""}

    def _reference(self, name: str, space: str | None, written: str | None) -> str:
        if name in PRIMITIVES:
            return name
        short, own = split_name(name, space)
        if self._normalize or own != written or short in PRIMITIVES | NAMED | CONTAINERS.keys():
            return f"{own}.{short}" if own else short
        return short

    def _alias(self, alias: str, own: str | None) -> str:
        short, space = split_name(alias, own)
        return short if space == own else f"{space}.{short}"

    def _props(self, node: Mapping[str, Node], reserved: Iterable[str]) -> dict[str, Node]:
        props = {key: value for key, value in node.items() if key not in reserved}
        return dict(sorted(props.items())) if self._normalize else props


def split_name(name: str, space: str | None) -> tuple[str, str | None]:
    """Return a name and its namespace; a dotted name brings its own."""
    if "." in name:
        own, _, short = name.rpartition(".")
        return short, own or None
    return name, space or None


def dump(node: Node) -> str:
    """Write JSON as Java's Jackson does: no spaces, all letters as they are, Java's doubles."""
    if isinstance(node, dict):
        members = (f"{_text(key)}:{dump(value)}" for key, value in node.items())
        return "{" + ",".join(members) + "}"
    if isinstance(node, list):
        return "[" + ",".join(map(dump, node)) + "]"
    if isinstance(node, float):
        return _double(node)
    return _text(node) if isinstance(node, str) else json.dumps(node)


def _text(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False)
    return re.sub(r"\\u00[0-9a-f]{2}", lambda found: "\\u" + found[0][2:].upper(), written)


def _double(value: float) -> str:
    """Return the text of Java's Double.toString: scientific below 0.001 and from ten millions."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        plain = format(Decimal(repr(value)), "f")
        return plain if "." in plain else f"{plain}.0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - JSON has no infinities
    head, tail = digits[0], "".join(map(str, digits[1:])) or "0"
    return f"{'-' * sign}{head}.{tail}E{exponent + len(digits) - 1}"

"""Named Avro types: written out where they are used, and folded back into references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lingqu.errors import ContractError

NAMED = frozenset({"record", "enum", "fixed", "error"})
PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})

Node = Any
"""A JSON value of an Avro schema, in which named types may stand as `Named`."""


@dataclass(frozen=True, slots=True)
class Named:
    """A record, enum or fixed with its full name, wherever it was defined."""

    full_name: str
    namespace: str
    definition: Mapping[str, Node]


class Names:
    """The named types of one schema, by full name."""

    def __init__(self, schema: Node) -> None:
        self._types: dict[str, Named] = {}
        for named in _definitions(schema, ""):
            self._types.setdefault(named.full_name, named)

    def find(self, node: Node, namespace: str) -> Named | None:
        """Return the named type that `node` defines or refers to, or None for any other type."""
        if isinstance(node, str) and node not in PRIMITIVES:
            return self._referred(node, namespace)
        if isinstance(node, Mapping) and str(node.get("type")) in NAMED:
            return self._types[_full_name(node, namespace)[0]]
        return None

    def _referred(self, name: str, namespace: str) -> Named:
        full_name = name if "." in name or not namespace else f"{namespace}.{name}"
        found = self._types.get(full_name) or self._types.get(name)
        if found is None:
            raise ContractError(f"schema: type {name!r} is not defined in it; define it before use")
        return found


def fold(node: Node, namespace: str = "", seen: dict[str, Named] | None = None) -> Node:
    """Return plain schema JSON: a named type is defined where first used, then referred to."""
    seen = {} if seen is None else seen
    if isinstance(node, Named):
        return _fold_named(node, namespace, seen)
    if isinstance(node, list):
        return [fold(item, namespace, seen) for item in node]
    if isinstance(node, Mapping):
        return {
            name: fold(value, namespace, seen) if name in ("type", "items", "values") else value
            for name, value in node.items()
        }
    return node


def _fold_named(named: Named, namespace: str, seen: dict[str, Named]) -> Node:
    if named.full_name in seen:
        if seen[named.full_name] != named:
            raise ContractError(
                f"view: type {named.full_name!r} is used in several places, which must be withheld"
                " and masked alike; name the same masks in each"
            )
        return named.full_name
    seen[named.full_name] = named
    folded = dict(named.definition)
    if named.namespace != namespace and "namespace" not in folded and "." not in folded["name"]:
        folded["namespace"] = named.namespace
    if "fields" in folded:
        folded["fields"] = [fold(field, named.namespace, seen) for field in folded["fields"]]
    return folded


def _full_name(node: Mapping[str, Node], namespace: str) -> tuple[str, str]:
    name = str(node["name"])
    if "." in name:
        return name, name.rpartition(".")[0]
    own = str(node.get("namespace", namespace))
    return (f"{own}.{name}" if own else name), own


def _definitions(node: Node, namespace: str) -> Iterator[Named]:
    if isinstance(node, list):
        for item in node:
            yield from _definitions(item, namespace)
    elif isinstance(node, Mapping):
        if str(node.get("type")) in NAMED:
            full_name, namespace = _full_name(node, namespace)
            yield Named(full_name, namespace, node)
        for part in ("type", "items", "values"):
            if part in node and not isinstance(node[part], str):
                yield from _definitions(node[part], namespace)
        for field in node.get("fields", ()):
            yield from _definitions(field, namespace)

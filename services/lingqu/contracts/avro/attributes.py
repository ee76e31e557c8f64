"""The attributes of Avro schemas as their JSON has them, or refusals that say what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lingqu.contracts.avro.names import check_name, full_name
from lingqu.errors import ContractError

Node = Any  # a node of a schema's JSON

RESERVED = frozenset(
    {"doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases"}
)
FIELD_RESERVED = frozenset({"default", "doc", "name", "order", "type", "aliases"})
ORDERS = ("ascending", "descending", "ignore")


def type_aliases_of(node: Mapping[str, Node], space: str, path: str) -> Iterator[str]:
    """Yield the other names of a type in that namespace, as full names."""
    for alias in dict.fromkeys(aliases_of(node, path)):
        check_name(alias.rpartition(".")[2], f"{path}/aliases")
        yield full_name(alias, space)


def aliases_of(node: Mapping[str, Node], path: str) -> list[str]:
    given = node.get("aliases", [])
    if not isinstance(given, list) or not all(isinstance(alias, str) for alias in given):
        raise refusal(f"{path}/aliases", "aliases are a list of names; write them so")
    return given


def order_of(node: Mapping[str, Node], path: str) -> str:
    """Return how a field is sorted; any case is read."""
    given = node.get("order", "ascending")
    order = given.lower() if isinstance(given, str) else given
    if order not in ORDERS:
        raise refusal(path, f"the order {shown(given)} is none of {', '.join(ORDERS)}")
    return str(order)


def namespace_of(node: Mapping[str, Node], space: str) -> str:
    """Return a definition's own namespace, else the one that it stands in."""
    given = text_or_none(node, "namespace")
    return space if given is None else given


def text_of(node: Mapping[str, Node], key: str, path: str) -> str:
    if not isinstance(value := node.get(key), str):
        raise refusal(path, f'there is no "{key}"; add one')
    return value


def text_or_none(node: Mapping[str, Node], key: str) -> str | None:
    return value if isinstance(value := node.get(key), str) else None


def part_of(node: Mapping[str, Node], key: str, path: str) -> Node:
    if node.get(key) is None:
        raise refusal(path, f'there is no "{key}"; add a type')
    return node[key]


def props_of(node: Mapping[str, Node], reserved: frozenset[str]) -> dict[str, Node]:
    """Return what the specification does not know, in the order given."""
    return {key: value for key, value in node.items() if key not in reserved}


def shown(value: Node) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def refusal(path: str, sentence: str) -> ContractError:
    return ContractError(f"at {path or '/'}: {sentence}")

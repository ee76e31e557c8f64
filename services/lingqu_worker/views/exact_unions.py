"""Schemas rewritten so that fastavro keeps the branch of a union, and reads times as numbers.

fastavro tells not from which branch a value came and writes the first that fits: a double becomes a
float. A record of one field is encoded as that field is, so each branch becomes such a record.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import fastavro

from lingqu.wire.shape import Node, branch, without_logical_types

_PARTS = ("type", "items", "values")


def is_exact(union: list[Node]) -> bool:
    """Say whether a union's branches are told apart by record: all but null and one other."""
    return not branch(union)[1]


def member(place: int) -> str:
    """Return the one field of the record that stands for the branch at a place."""
    return f"v{place}"


def parse_exact(schema: Node) -> Any:
    """Return the schema with the same bytes, in fastavro's own form."""
    return fastavro.parse_schema(_exact(without_logical_types(schema), count()))


def _exact(node: Node, numbers: count[int]) -> Node:
    if isinstance(node, list):
        parts = [_exact(part, numbers) for part in node]
        if not is_exact(node):
            return parts
        return [
            part if part == "null" else _alone(part, place, next(numbers))
            for place, part in enumerate(parts)
        ]
    if not isinstance(node, Mapping):
        return node
    found = {name: _exact(part, numbers) if name in _PARTS else part for name, part in node.items()}
    if "fields" in node:
        found["fields"] = [
            {"name": field["name"], "type": _exact(field["type"], numbers)}
            for field in node["fields"]
        ]
    return found


def _alone(part: Node, place: int, number: int) -> Node:
    fields = [{"name": member(place), "type": part}]
    return {"type": "record", "name": f"LingquBranch{number}", "fields": fields}

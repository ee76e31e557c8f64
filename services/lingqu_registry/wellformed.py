"""What the specification forbids in a schema and the Avro library lets pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lingqu_registry.canonical import CONTAINERS, NAMED

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_wellformed(node: Any) -> None:
    """Raise ValueError with the place of the first defect."""
    if isinstance(node, list):
        _check_union(node)
    elif isinstance(node, Mapping):
        _check_definition(node)
    elif not isinstance(node, str):
        raise ValueError(f"{node!r} is no type")  # noqa: TRY004 - all defects are one kind


def _check_union(branches: list[Any]) -> None:
    seen: set[str] = set()
    for branch in branches:
        if isinstance(branch, list):
            raise ValueError("a union stands directly inside a union")  # noqa: TRY004
        kind = branch
        if isinstance(branch, Mapping):
            kind = branch["name"] if branch["type"] in NAMED else branch["type"]
        if kind in seen:
            raise ValueError(f"a union has {kind!r} twice")
        seen.add(kind)
        check_wellformed(branch)


def _check_definition(node: Mapping[str, Any]) -> None:
    kind = node["type"]
    if not isinstance(kind, str):
        raise ValueError("a type stands where its name belongs")  # noqa: TRY004
    if kind in NAMED:
        _check_name(node["name"])
    if kind in {"record", "error"}:
        _check_fields(node)
    elif kind == "enum":
        for symbol in node["symbols"]:
            _check_simple(symbol, "an enum's symbol")
    elif kind == "fixed":
        size = node["size"]
        if not isinstance(size, int) or size < 0:
            raise ValueError(f"fixed {node['name']!r} has no size")
    elif kind in CONTAINERS:
        check_wellformed(node[CONTAINERS[kind]])


def _check_fields(node: Mapping[str, Any]) -> None:
    seen: set[str] = set()
    for field in node["fields"]:
        name = field["name"]
        _check_simple(name, "a field's name")
        if name in seen:
            raise ValueError(f"record {node['name']!r} has the field {name!r} twice")
        seen.add(name)
        check_wellformed(field["type"])


def _check_name(name: str) -> None:
    for part in name.split("."):
        _check_simple(part, "a name")


def _check_simple(name: str, what: str) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"{what} is {name!r}; it takes letters, digits and _ only")

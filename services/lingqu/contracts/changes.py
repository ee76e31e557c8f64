"""In words, what is different between two versions of a contract's schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lingqu.contracts.model import ContractVersion

Node = Any
Kind = Literal[
    "added",
    "dropped",
    "renamed",
    "type",
    "default",
    "doc",
    "unit",
    "grade",
    "kind",
    "rule",
    "key",
    "setting",
]

_WIDER = {
    "int": ("long", "float", "double"),
    "long": ("float", "double"),
    "float": ("double",),
    "string": ("bytes",),
}
_ATTRIBUTES: tuple[Kind, ...] = ("doc", "unit", "grade", "kind")
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `path` is the field's in the newer version, or the setting's name."""

    kind: Kind
    path: str
    says: str


def schema_changes(old: ContractVersion, new: ContractVersion) -> list[Change]:
    """Return what the newer schema changes, fields of all levels in its order, dropped last."""
    return list(_Walk().record(json.loads(old.schema), json.loads(new.schema), ""))


class _Walk:
    """Two schemas side by side; each remembers the named types it has met."""

    def __init__(self) -> None:
        self._old: dict[str, Node] = {}
        self._new: dict[str, Node] = {}

    def record(self, old: Node, new: Node, prefix: str) -> Iterator[Change]:
        before = {field["name"]: field for field in old["fields"]}
        met: set[str] = set()
        for field in new["fields"]:
            path = f"{prefix}{field['name']}"
            there = _match(field, before)
            if there is None:
                _learn(field["type"], self._new)
                yield Change("added", path, f"added {path} ({_added(field)})")
                continue
            met.add(there)
            if there != field["name"]:
                says = f"renamed {prefix}{there} to {path}, which its alias tells readers"
                yield Change("renamed", path, says)
            yield from self._field(before[there], field, path)
        for name, field in before.items():
            if name not in met:
                yield Change("dropped", prefix + name, _dropped(field, prefix + name))

    def _field(self, old: Node, new: Node, path: str) -> Iterator[Change]:
        yield from self._type(old["type"], new["type"], path)
        yield from _default(old, new, path)
        for name in _ATTRIBUTES:
            was, now = old.get(name), new.get(name)
            if was != now and name == "doc":
                yield Change(name, path, f"{path}: the doc says now: {now}")
            elif was != now:
                yield Change(name, path, f"{path}: {name} {_said(was)} is now {_said(now)}")

    def _type(self, old: Node, new: Node, path: str) -> Iterator[Change]:
        (old, was_nullable), (new, is_nullable) = _branch(old), _branch(new)
        if was_nullable != is_nullable:
            says = "may be null now" if is_nullable else "is never null now"
            yield Change("type", path, f"{path}: {says}")
        old, new = _learn(old, self._old), _learn(new, self._new)
        kinds = _kind(old), _kind(new)
        if kinds[0] != kinds[1]:
            verb = "widened" if kinds[1] in _WIDER.get(kinds[0], ()) else "changed"
            yield Change("type", path, f"{path}: type {verb} from {kinds[0]} to {kinds[1]}")
        elif kinds[0] == "record":
            yield from self.record(old, new, f"{path}.")
        elif kinds[0] == "enum":
            yield from _enum(old, new, path)
        elif kinds[0] in ("array", "map"):
            part = "items" if kinds[0] == "array" else "values"
            yield from self._type(old[part], new[part], path)


def _enum(old: Node, new: Node, path: str) -> Iterator[Change]:
    more = [each for each in new["symbols"] if each not in old["symbols"]]
    fewer = [each for each in old["symbols"] if each not in new["symbols"]]
    if more:
        yield Change("type", path, f"{path}: may also be {', '.join(more)} now")
    if fewer:
        yield Change("type", path, f"{path}: is never {', '.join(fewer)} any more")
    if old.get("default") != new.get("default"):
        was, now = _said(old.get("default")), _said(new.get("default"))
        says = f"a symbol that a reader does not know was read as {was} and is now read as {now}"
        yield Change("default", path, f"{path}: {says}")


def _default(old: Node, new: Node, path: str) -> Iterator[Change]:
    was, now = old.get("default", _ABSENT), new.get("default", _ABSENT)
    if was is _ABSENT and now is not _ABSENT:
        says = f"has the default {_json(now)} now, so a view may drop it"
    elif now is _ABSENT and was is not _ABSENT:
        says = f"has no default any more (it was {_json(was)}), so no view can drop it"
    elif was != now or type(was) is not type(now):
        says = f"default {_json(was)} is now {_json(now)}"
    else:
        return
    yield Change("default", path, f"{path}: {says}")


def _match(field: Mapping[str, Any], before: Mapping[str, Node]) -> str | None:
    """Return the older field that this one is: by its name, or else by an alias."""
    names: Sequence[str] = (field["name"], *field.get("aliases", ()))
    return next((name for name in names if name in before), None)


def _learn(node: Node, names: dict[str, Node]) -> Node:
    """Return the definition of a type, and remember those inside it by name."""
    if isinstance(node, str):
        return names.get(node, node)
    if isinstance(node, list):
        for each in node:
            _learn(each, names)
        return node
    if "name" in node:
        names[node["name"]] = node
    for field in node.get("fields", ()):
        _learn(field["type"], names)
    for part in ("items", "values"):
        if part in node:
            _learn(node[part], names)
    return node


def _branch(node: Node) -> tuple[Node, bool]:
    if isinstance(node, list) and "null" in node and len(node) == 2:
        return next(each for each in node if each != "null"), True
    return node, False


def _kind(node: Node) -> str:
    if isinstance(node, list):
        return "a union"
    return str(node.get("logicalType", node["type"])) if isinstance(node, dict) else str(node)


def _added(field: Mapping[str, Any]) -> str:
    plain, nullable = _branch(field["type"])
    default = f"default {_json(field['default'])}" if "default" in field else "without a default"
    classes = f"grade {_said(field.get('grade'))}, kind {_said(field.get('kind'))}"
    return f"{'nullable ' * nullable}{_kind(plain)}, {default}, {classes}"


def _dropped(field: Mapping[str, Any], path: str) -> str:
    if "default" in field:
        return f"dropped {path}; who reads by the older version sees {_json(field['default'])}"
    return f"dropped {path}, which had no default: who reads by the older version cannot read it"


def _said(value: Any) -> str:
    return "none" if value in (None, "") else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

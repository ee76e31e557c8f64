"""Avro schemas read from JSON: what Avro Java's `Schema.Parser` refuses is refused here.

Unknown attributes and unknown logical types are kept. Names may be used before they are defined,
may hold any letters, and a type may be defined twice alike, as in Avro Java 1.12.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeGuard

from lingqu.contracts.avro_defaults import is_default, read_default
from lingqu.contracts.avro_names import check_name, full_name
from lingqu.contracts.avro_types import (
    PRIMITIVES,
    Array,
    Enum,
    Field,
    Fixed,
    Map,
    Primitive,
    Record,
    Type,
    Union,
)
from lingqu.errors import ContractError

Node = Any  # a node of a schema's JSON
Definitions = dict[str, tuple[Record | Enum | Fixed, Node]]

RESERVED = frozenset(
    {"doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type", "aliases"}
)
FIELD_RESERVED = frozenset({"default", "doc", "name", "order", "type", "aliases"})
ORDERS = ("ascending", "descending", "ignore")
LARGEST_FIXED = 2**31 - 9  # bytes; an array of Java's is no longer

_NAMED: Mapping[str, type[Record | Enum | Fixed]] = {
    "record": Record,
    "error": Record,
    "enum": Enum,
    "fixed": Fixed,
}


def parse(tree: Node, known: Definitions | None = None) -> Type:
    """Return the schema of a JSON tree; it may use the names known, and adds its own.

    Raises ContractError with place, cause and cure.
    """
    parser = _Parser({} if known is None else known)
    try:
        parser.declare(tree, "")
        found = parser.type(tree, "", "")
        parser.check_defaults()
    except RecursionError as error:
        raise ContractError("the schema is nested too deep; flatten it") from error
    return found


class _Parser:
    """One reading of one tree: first what it defines, then what each definition says."""

    def __init__(self, known: Definitions) -> None:
        self._known = known
        self._begun = set(known)
        self._ended = set(known)
        self._defaults: list[tuple[Field, str]] = []

    def declare(self, node: Node, space: str) -> None:
        """Make an empty type of each definition, so that names lead to it from anywhere."""
        if isinstance(node, list):
            for branch in node:
                self.declare(branch, space)
        if not isinstance(node, dict):
            return
        kind = node.get("type")
        if isinstance(kind, str) and kind in _NAMED and isinstance(node.get("name"), str):
            name = full_name(node["name"], _space(node, space))
            space = name.rpartition(".")[0]
            self._known.setdefault(name, (_NAMED[kind](name), node))
        for field in _dicts(node.get("fields")):
            self.declare(field.get("type"), space)
        for part in ("items", "values"):
            self.declare(node.get(part), space)

    def type(self, node: Node, space: str, path: str) -> Type:
        if isinstance(node, str):
            return self._reference(node, space, path)
        if isinstance(node, list):
            return self._union(node, space, path)
        if isinstance(node, dict):
            return self._object(node, space, path)
        raise _refusal(path, f"{_shown(node)} is no type; write a name, an object or a list")

    def check_defaults(self) -> None:
        """Check once all types are known, as a default may be of a type that came later."""
        for field, path in self._defaults:
            if not is_default(field.type, field.default):
                shown = _shown(field.default)
                raise _refusal(
                    path,
                    f"the default {shown} of field {field.name!r} is no {_called(field.type)};"
                    " give one that is, or leave it out",
                )

    def _object(self, node: dict[str, Node], space: str, path: str) -> Type:
        kind = node.get("type")
        if not isinstance(kind, str):
            raise _refusal(path, 'there is no type; add "type" with a name')
        if kind in PRIMITIVES:
            return Primitive(kind, _props(node, RESERVED))
        if kind in _NAMED:
            return self._definition(node, space, path)
        if kind == "array":
            items = self.type(_part(node, "items", path), space, f"{path}/items")
            return Array(items, _props(node, RESERVED))
        if kind == "map":
            values = self.type(_part(node, "values", path), space, f"{path}/values")
            return Map(values, _props(node, RESERVED))
        return self._reference(kind, space, path)

    def _reference(self, name: str, space: str, path: str) -> Type:
        if name in PRIMITIVES:
            return Primitive(name)
        full = full_name(name, space)
        if full not in self._known and name in self._ended:
            full = name  # what has been defined without a namespace is seen from within any
        if full in self._known:
            return self._known[full][0]
        raise _refusal(path, f"{name!r} is not a defined name; define it, or add a reference")

    def _union(self, node: list[Node], space: str, path: str) -> Union:
        branches = [self.type(part, space, f"{path}/{place}") for place, part in enumerate(node)]
        seen: set[str] = set()
        for place, branch in enumerate(branches):
            here = f"{path}/{place}"
            if isinstance(branch, Union):
                raise _refusal(here, "a union stands directly inside a union; merge them")
            name = branch.kind if isinstance(branch, Primitive | Array | Map) else branch.name
            if name in seen:
                raise _refusal(here, f"the union has {name!r} twice; remove one")
            seen.add(name)
        return Union(branches)

    def _definition(self, node: dict[str, Node], space: str, path: str) -> Record | Enum | Fixed:
        name = full_name(_text(node, "name", path), _space(node, space))
        for part in name.split("."):
            check_name(part, f"{path}/name")
        if name in PRIMITIVES:
            raise _refusal(path, f"a type is named after the primitive {name!r}; rename it")
        found, first = self._known[name]
        if name in self._begun:
            if _undescribed(first) != _undescribed(node):
                raise _refusal(path, f"{name!r} is defined twice; rename one")
            return found
        self._begun.add(name)
        found.doc = _optional_text(node, "doc")
        match found:
            case Record():
                self._fill_record(found, node, path)
            case Enum():
                _fill_enum(found, node, path)
            case Fixed():
                _fill_fixed(found, node, path)
        reserved = RESERVED | {"default"} if isinstance(found, Enum) else RESERVED
        found.props = _props(node, reserved)
        found.aliases = list(_type_aliases(node, found.space, path))
        self._ended.add(name)
        return found

    def _fill_record(self, found: Record, node: dict[str, Node], path: str) -> None:
        found.is_error = node["type"] == "error"
        given = node.get("fields")
        if not isinstance(given, list):
            raise _refusal(path, f'record {found.name!r} has no "fields"; add a list of them')
        seen: set[str] = set()
        for place, each in enumerate(given):
            here = f"{path}/fields/{place}"
            field = self._field(each, found.space, here)
            if field.name in seen:
                raise _refusal(here, f"{found.name!r} has the field {field.name!r} twice; rename")
            seen.add(field.name)
            found.fields.append(field)

    def _field(self, node: Node, space: str, path: str) -> Field:
        if not isinstance(node, dict):
            raise _refusal(path, f"{_shown(node)} is no field; write an object")
        name = check_name(_text(node, "name", path), f"{path}/name")
        type_ = self.type(_part(node, "type", path), space, f"{path}/type")
        field = Field(
            name=name,
            type=type_,
            doc=_optional_text(node, "doc"),
            order=_order(node, path),
            aliases=list(dict.fromkeys(_aliases(node, path))),
            props=_props(node, FIELD_RESERVED),
        )
        if "default" in node:
            field.default = read_default(type_, node["default"])
            self._defaults.append((field, path))
        return field


def _fill_enum(found: Enum, node: dict[str, Node], path: str) -> None:
    symbols = node.get("symbols")
    if not isinstance(symbols, list):
        raise _refusal(path, f'enum {found.name!r} has no "symbols"; add a list of them')
    for place, symbol in enumerate(symbols):
        check_name(symbol, f"{path}/symbols/{place}")
        if symbol in symbols[:place]:
            raise _refusal(f"{path}/symbols/{place}", f"the symbol {symbol!r} is there twice")
    default = _optional_text(node, "default")
    if default is not None and default not in symbols:
        raise _refusal(path, f"the enum's default {default!r} is none of its symbols; choose one")
    found.symbols, found.default = symbols, default


def _fill_fixed(found: Fixed, node: dict[str, Node], path: str) -> None:
    size = node.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= LARGEST_FIXED:
        raise _refusal(path, f"fixed {found.name!r} has no size; give the number of its bytes")
    found.size = size


def _type_aliases(node: Mapping[str, Node], space: str, path: str) -> Iterator[str]:
    for alias in dict.fromkeys(_aliases(node, path)):
        check_name(alias.rpartition(".")[2], f"{path}/aliases")
        yield full_name(alias, space)


def _aliases(node: Mapping[str, Node], path: str) -> list[str]:
    given = node.get("aliases", [])
    if not isinstance(given, list) or not all(isinstance(alias, str) for alias in given):
        raise _refusal(f"{path}/aliases", "aliases are a list of names; write them so")
    return given


def _order(node: Mapping[str, Node], path: str) -> str:
    given = node.get("order", "ascending")
    order = given.lower() if isinstance(given, str) else given
    if order not in ORDERS:
        raise _refusal(path, f"the order {_shown(given)} is none of {', '.join(ORDERS)}")
    return str(order)


def _space(node: Mapping[str, Node], space: str) -> str:
    given = _optional_text(node, "namespace")
    return space if given is None else given


def _text(node: Mapping[str, Node], key: str, path: str) -> str:
    if not isinstance(value := node.get(key), str):
        raise _refusal(path, f'there is no "{key}"; add one')
    return value


def _optional_text(node: Mapping[str, Node], key: str) -> str | None:
    return value if isinstance(value := node.get(key), str) else None


def _part(node: Mapping[str, Node], key: str, path: str) -> Node:
    if node.get(key) is None:
        raise _refusal(path, f'there is no "{key}"; add a type')
    return node[key]


def _undescribed(node: Node) -> Node:
    """Return a definition without what two of the same type may say differently."""
    if isinstance(node, dict):
        said = ("doc", "aliases")
        return {key: _undescribed(value) for key, value in node.items() if key not in said}
    return [_undescribed(each) for each in node] if isinstance(node, list) else node


def _props(node: Mapping[str, Node], reserved: frozenset[str]) -> dict[str, Node]:
    return {key: value for key, value in node.items() if key not in reserved}


def _dicts(nodes: Node) -> Iterable[dict[str, Node]]:
    return [node for node in nodes if _is_object(node)] if isinstance(nodes, list) else []


def _is_object(node: Node) -> TypeGuard[dict[str, Node]]:
    return isinstance(node, dict)


def _called(type_: Type) -> str:
    return type_.name if isinstance(type_, Record | Enum | Fixed) else type_.kind


def _shown(value: Node) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _refusal(path: str, sentence: str) -> ContractError:
    return ContractError(f"at {path or '/'}: {sentence}")

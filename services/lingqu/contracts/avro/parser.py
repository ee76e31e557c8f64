"""Avro schemas read from JSON: what Avro Java's `Schema.Parser` refuses is refused here.

Unknown attributes and unknown logical types are kept. Names may be used before they are defined,
may hold any letters, and a type may be defined twice alike, as in Avro Java 1.12.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeGuard

from lingqu.contracts.avro.attributes import (
    FIELD_RESERVED,
    RESERVED,
    Node,
    aliases_of,
    namespace_of,
    order_of,
    part_of,
    props_of,
    refusal,
    shown,
    text_of,
    text_or_none,
    type_aliases_of,
)
from lingqu.contracts.avro.defaults import is_default, read_default
from lingqu.contracts.avro.equal import is_same
from lingqu.contracts.avro.names import check_name, full_name
from lingqu.contracts.avro.types import (
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

Definitions = dict[str, Record | Enum | Fixed]

LARGEST_FIXED = 2**31 - 9  # bytes; an array of Java's is no longer

_NAMED: Mapping[str, type[Record | Enum | Fixed]] = {
    "record": Record,
    "error": Record,
    "enum": Enum,
    "fixed": Fixed,
}


def parse(tree: Node, known: Definitions | None = None, *, is_new: bool = True) -> Type:
    """Return the schema of a JSON tree; it may use the names known, and adds its own.

    Of one that is not new, defaults are not checked: Avro let wrong ones pass until 1.9, and they
    are in use. Raises ContractError with place, cause and cure.
    """
    parser = _Parser({} if known is None else known)
    try:
        parser.declare(tree, "")
        found = parser.type(tree, "", "")
        if is_new:
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
            name = full_name(node["name"], namespace_of(node, space))
            space = name.rpartition(".")[0]
            self._known.setdefault(name, _NAMED[kind](name))
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
        raise refusal(path, f"{shown(node)} is no type; write a name, an object or a list")

    def check_defaults(self) -> None:
        """Check once all types are known, as a default may be of a type that came later."""
        for field, path in self._defaults:
            if not is_default(field.type, field.default):
                default = shown(field.default)
                raise refusal(
                    path,
                    f"the default {default} of field {field.name!r} is no {_called(field.type)};"
                    " give one that is, or leave it out",
                )

    def _object(self, node: dict[str, Node], space: str, path: str) -> Type:
        kind = node.get("type")
        if not isinstance(kind, str):
            raise refusal(path, 'there is no type; add "type" with a name')
        if kind in PRIMITIVES:
            return Primitive(kind, props_of(node, RESERVED))
        if kind in _NAMED:
            return self._definition(node, space, path)
        if kind == "array":
            items = self.type(part_of(node, "items", path), space, f"{path}/items")
            return Array(items, props_of(node, RESERVED))
        if kind == "map":
            values = self.type(part_of(node, "values", path), space, f"{path}/values")
            return Map(values, props_of(node, RESERVED))
        return self._reference(kind, space, path)

    def _reference(self, name: str, space: str, path: str) -> Type:
        if name in PRIMITIVES:
            return Primitive(name)
        full = full_name(name, space)
        if full not in self._known and name in self._ended:
            full = name  # what has been defined without a namespace is seen from within any
        if full in self._known:
            return self._known[full]
        raise refusal(path, f"{name!r} is not a defined name; define it, or add a reference")

    def _union(self, node: list[Node], space: str, path: str) -> Union:
        branches = [self.type(part, space, f"{path}/{place}") for place, part in enumerate(node)]
        seen: set[str] = set()
        for place, branch in enumerate(branches):
            here = f"{path}/{place}"
            if isinstance(branch, Union):
                raise refusal(here, "a union stands directly inside a union; merge them")
            name = branch.kind if isinstance(branch, Primitive | Array | Map) else branch.name
            if name in seen:
                raise refusal(here, f"the union has {name!r} twice; remove one")
            seen.add(name)
        return Union(branches)

    def _definition(self, node: dict[str, Node], space: str, path: str) -> Record | Enum | Fixed:
        name = full_name(text_of(node, "name", path), namespace_of(node, space))
        for part in name.split("."):
            check_name(part, f"{path}/name")
        if name in PRIMITIVES:
            raise refusal(path, f"a type is named after the primitive {name!r}; rename it")
        if name not in self._begun:
            self._begun.add(name)
            self._fill(self._known[name], node, path)
            self._ended.add(name)
        else:
            again = _NAMED[node["type"]](name)
            self._fill(again, node, path)
            if name not in self._ended or not is_same(again, self._known[name]):
                raise refusal(path, f"{name!r} is defined twice; rename one")
        return self._known[name]

    def _fill(self, found: Record | Enum | Fixed, node: dict[str, Node], path: str) -> None:
        found.doc = text_or_none(node, "doc")
        match found:
            case Record():
                self._fill_record(found, node, path)
            case Enum():
                _fill_enum(found, node, path)
            case Fixed():
                _fill_fixed(found, node, path)
        reserved = RESERVED | {"default"} if isinstance(found, Enum) else RESERVED
        found.props = props_of(node, reserved)
        found.aliases = list(type_aliases_of(node, found.space, path))

    def _fill_record(self, found: Record, node: dict[str, Node], path: str) -> None:
        found.is_error = node["type"] == "error"
        given = node.get("fields")
        if not isinstance(given, list):
            raise refusal(path, f'record {found.name!r} has no "fields"; add a list of them')
        seen: set[str] = set()
        for place, each in enumerate(given):
            here = f"{path}/fields/{place}"
            field = self._field(each, found.space, here)
            if field.name in seen:
                raise refusal(here, f"{found.name!r} has the field {field.name!r} twice; rename")
            seen.add(field.name)
            found.fields.append(field)

    def _field(self, node: Node, space: str, path: str) -> Field:
        if not isinstance(node, dict):
            raise refusal(path, f"{shown(node)} is no field; write an object")
        name = check_name(text_of(node, "name", path), f"{path}/name")
        type_ = self.type(part_of(node, "type", path), space, f"{path}/type")
        field = Field(
            name=name,
            type=type_,
            doc=text_or_none(node, "doc"),
            order=order_of(node, path),
            aliases=list(dict.fromkeys(aliases_of(node, path))),
            props=props_of(node, FIELD_RESERVED),
        )
        if "default" in node:
            field.default = read_default(type_, node["default"])
            self._defaults.append((field, path))
        return field


def _fill_enum(found: Enum, node: dict[str, Node], path: str) -> None:
    symbols = node.get("symbols")
    if not isinstance(symbols, list):
        raise refusal(path, f'enum {found.name!r} has no "symbols"; add a list of them')
    seen: set[str] = set()
    for place, symbol in enumerate(symbols):
        check_name(symbol, f"{path}/symbols/{place}")
        if symbol in seen:
            raise refusal(f"{path}/symbols/{place}", f"the symbol {symbol!r} is there twice")
        seen.add(symbol)
    default = text_or_none(node, "default")
    if default is not None and default not in symbols:
        raise refusal(path, f"the enum's default {default!r} is none of its symbols; choose one")
    found.symbols, found.default = symbols, default


def _fill_fixed(found: Fixed, node: dict[str, Node], path: str) -> None:
    size = node.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= LARGEST_FIXED:
        raise refusal(path, f"fixed {found.name!r} has no size; give the number of its bytes")
    found.size = size


def _dicts(nodes: Node) -> Iterable[dict[str, Node]]:
    return [node for node in nodes if _is_object(node)] if isinstance(nodes, list) else []


def _is_object(node: Node) -> TypeGuard[dict[str, Node]]:
    return isinstance(node, dict)


def _called(type_: Type) -> str:
    return type_.name if isinstance(type_, Record | Enum | Fixed) else type_.kind

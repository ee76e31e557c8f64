"""Avro schemas and data made by hypothesis: small names, so that two schemas often meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from lingqu.contracts.avro.parser import parse
from lingqu.errors import ContractError

Draw = Callable[[st.SearchStrategy[Any]], Any]

PLAIN = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
FIELDS = ("a", "b", "c", "水")
SYMBOLS = ("x", "y", "z")
TEXTS = st.text(st.characters(codec="utf-8"), max_size=4)
ASCII = st.text(st.characters(codec="ascii"), max_size=4)
PROPS = st.dictionaries(
    st.sampled_from(["unit", "grade", "avro.java.string"]),
    st.one_of(TEXTS, st.integers(-9, 9), st.booleans(), st.none(), st.lists(TEXTS, max_size=2)),
    max_size=2,
)
LOGICAL: Sequence[dict[str, Any]] = (
    {"type": "int", "logicalType": "date"},
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "string", "logicalType": "unheard-of"},
    {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2},
    {"type": "bytes", "logicalType": "decimal", "precision": 4},
)


class _Schemas:
    """One drawing of one schema; `said` adds what changes the text and not the data."""

    def __init__(self, draw: Draw, *, said: bool) -> None:
        self._draw = draw
        self._said = said
        self._open: list[str] = []
        self._closed: list[str] = []

    def type(self, depth: int, space: str = "") -> Any:
        kinds = ["plain", "plain", "logical", "enum", "fixed", "known"]
        if depth > 0:
            kinds += ["array", "map", "union", "record", "record"]
        match self._draw(st.sampled_from(kinds)):
            case "array":
                found = {"type": "array", "items": self.type(depth - 1, space), **self._props()}
            case "map":
                found = {"type": "map", "values": self.type(depth - 1, space), **self._props()}
            case "union":
                found = self._union(depth - 1, space)
            case "record" | "enum" | "fixed" as kind:
                found = self._named(kind, depth, space)
            case "logical" if self._said:
                found = dict(self._draw(st.sampled_from(LOGICAL)))
            case "known" if self._closed:
                found = self._draw(st.sampled_from(self._closed))
            case _:
                found = self._draw(st.sampled_from(PLAIN))
        return found

    def _union(self, depth: int, space: str) -> Any:
        branches = [self.type(depth, space) for _ in range(self._draw(st.integers(1, 3)))]
        branches += ["null", *self._draw(st.lists(st.sampled_from(["null", *self._open])))]
        seen: dict[Any, Any] = {}
        for branch in branches:
            if not isinstance(branch, list):
                seen.setdefault(_key(branch, space), branch)
        return list(seen.values())

    def _named(self, kind: str, depth: int, space: str) -> Any:
        name = f"{kind[0].upper()}{len(self._open) + len(self._closed)}"
        own = self._draw(st.sampled_from([space, "n", "m.k"])) if self._said else space
        full = f"{own}.{name}" if own else name
        found: dict[str, Any] = {"type": kind, "name": name, **self._says(), **self._props()}
        if own != space:
            found["namespace"] = own
        if kind == "enum":
            symbols = st.lists(st.sampled_from(SYMBOLS), min_size=1, unique=True)
            found["symbols"] = self._draw(symbols)
            if self._draw(st.booleans()):
                found["default"] = found["symbols"][0]
        elif kind == "fixed":
            found["size"] = self._draw(st.integers(1, 2))
        else:
            self._open.append(full)
            names = self._draw(st.lists(st.sampled_from(FIELDS), max_size=3, unique=True))
            found["fields"] = [self._field(each, depth - 1, own) for each in names]
            self._open.remove(full)
        self._closed.append(full)
        return found

    def _field(self, name: str, depth: int, space: str) -> dict[str, Any]:
        type_ = self.type(depth, space)
        found = {"name": name, "type": type_, **self._says(), **self._props()}
        if self._said and self._draw(st.booleans()):
            found["order"] = self._draw(st.sampled_from(["ascending", "descending", "ignore"]))
        default = DEFAULTS.get(_key(type_[0] if isinstance(type_, list) and type_ else type_, ""))
        if default is not None and self._draw(st.booleans()):
            found["default"] = self._draw(default)
        return found

    def _says(self) -> dict[str, Any]:
        found = {}
        if self._said and self._draw(st.booleans()):
            found["doc"] = self._draw(TEXTS)
        if self._said and self._draw(st.booleans()):
            found["aliases"] = self._draw(st.lists(st.sampled_from(["old", "o.older"])))
        return found

    def _props(self) -> Any:
        return self._draw(PROPS) if self._said else {}


DEFAULTS: dict[Any, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "double": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9),
    "string": TEXTS,
    "bytes": ASCII,
    "array": st.just([]),
    "map": st.just({}),
}


def _key(branch: Any, space: str) -> Any:
    """Return what a union may hold once."""
    if isinstance(branch, str):
        return branch
    if isinstance(branch, list):
        return None
    if "name" not in branch:
        return branch["type"]
    own = branch.get("namespace", space)
    return f"{own}.{branch['name']}" if own else branch["name"]


@st.composite
def schemas(draw: Draw, *, said: bool = True, depth: int = 3) -> Any:
    """Draw the JSON of one valid schema."""
    found = _Schemas(draw, said=said).type(depth)
    assume(_is_schema(found))
    return found


def data(node: Any, names: dict[str, Any], depth: int = 4) -> st.SearchStrategy[Any]:
    """Return a strategy for values of a schema that fastavro has parsed."""
    node = names.get(node, node) if isinstance(node, str) else node
    most = 2 if depth > 0 else 0
    if isinstance(node, list):
        branches = ["null"] if depth <= 0 and "null" in node else node
        return st.one_of([data(branch, names, depth - 1) for branch in branches])
    match node:
        case {"type": "record", "fields": fields}:
            parts = {each["name"]: data(each["type"], names, depth - 1) for each in fields}
            found: st.SearchStrategy[Any] = st.fixed_dictionaries(parts)
        case {"type": "enum", "symbols": symbols}:
            found = st.sampled_from(symbols)
        case {"type": "fixed", "size": size}:
            found = st.binary(min_size=size, max_size=size)
        case {"type": "array", "items": items}:
            found = st.lists(data(items, names, depth - 1), max_size=most)
        case {"type": "map", "values": values}:
            found = st.dictionaries(ASCII, data(values, names, depth - 1), max_size=most)
        case {"type": kind} | kind:
            found = _VALUES[kind]
    return found


_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(width=32, allow_nan=False),
    "double": st.floats(allow_nan=False),
    "string": TEXTS,
    "bytes": ASCII.map(str.encode),
}


@st.composite
def pairs(draw: Draw, *, depth: int = 3) -> Any:
    """Draw a writer's schema and a reader's, which is another or the same with some changes."""
    writer = draw(schemas(said=False, depth=depth))
    if draw(st.integers(0, 4)) == 0:
        return writer, draw(schemas(said=False, depth=depth))
    reader = _changed(draw, writer)
    return writer, reader if _is_schema(reader) else writer


def _is_schema(tree: Any) -> bool:
    """Tell whether it is one: what a union or a change drops may be named elsewhere."""
    try:
        parse(tree)
    except ContractError:
        return False
    return True


def _changed(draw: Draw, node: Any) -> Any:  # noqa: PLR0911 - a table of types
    """Return the schema with changes here and there: most of them such as people make."""
    match node:
        case str():
            return draw(st.sampled_from([node, node, node, *_PROMOTED.get(node, [])]))
        case list():
            branches = [_changed(draw, branch) for branch in node]
            return draw(st.permutations(branches)) if draw(st.booleans()) else branches
        case {"type": "record", "fields": fields}:
            return {**node, "fields": [*_changed_fields(draw, fields), *_added(draw, fields)]}
        case {"type": "enum", "symbols": symbols}:
            kept = draw(st.sampled_from([symbols, symbols[:1], [*SYMBOLS]]))
            return {**node, "symbols": kept, **({"default": kept[0]} if "default" in node else {})}
        case {"type": "fixed", "size": size}:
            return {**node, "size": draw(st.sampled_from([size, size, size, size + 1]))}
        case {"type": "array", "items": items}:
            return {"type": "array", "items": _changed(draw, items)}
        case {"type": "map", "values": values}:
            return {"type": "map", "values": _changed(draw, values)}
        case _:
            return node


def _changed_fields(draw: Draw, fields: list[Any]) -> list[Any]:
    found = []
    for field in fields:
        change = draw(st.sampled_from(["keep", "keep", "type", "type", "rename", "drop"]))
        if change == "rename":
            found.append({**field, "name": f"{field['name']}2", "aliases": [field["name"]]})
        elif change != "drop":
            type_ = _changed(draw, field["type"]) if change == "type" else field["type"]
            found.append({"name": field["name"], "type": type_})
    return found


def _added(draw: Draw, fields: list[Any]) -> list[Any]:
    if draw(st.booleans()):
        return []
    default = {"default": 0} if draw(st.booleans()) else {}
    return [{"name": f"new{len(fields)}", "type": "int", **default}]


_PROMOTED: dict[str, list[Any]] = {
    "int": ["long", "float", "double", ["null", "int"], "string"],
    "long": ["float", "double", ["long", "null"], "int"],
    "float": ["double", ["null", "double"]],
    "string": ["bytes", ["null", "string"]],
    "bytes": ["string"],
}

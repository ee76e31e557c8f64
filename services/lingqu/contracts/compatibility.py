"""Whether data written with one Avro schema is read by another: Schema Resolution of Avro 1.12.

Kinds, paths and sentences are those of Avro Java and Confluent, and so is the order in which
problems are found. Three verdicts are the specification's where the libraries' differ: decimals
match by precision and scale, a reader's union takes its first branch that matches, and a field of
the writer feeds one field of the reader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lingqu.contracts.avro_parser import parse
from lingqu.contracts.avro_types import (
    NO_DEFAULT,
    Array,
    Enum,
    Fixed,
    Map,
    Named,
    Primitive,
    Record,
    Type,
    Union,
    decimal_of,
)

Kind = Literal[
    "NAME_MISMATCH",
    "FIXED_SIZE_MISMATCH",
    "MISSING_ENUM_SYMBOLS",
    "READER_FIELD_MISSING_DEFAULT_VALUE",
    "TYPE_MISMATCH",
    "MISSING_UNION_BRANCH",
]

PROMOTIONS = {
    "long": frozenset({"int"}),
    "float": frozenset({"int", "long"}),
    "double": frozenset({"int", "long", "float"}),
    "bytes": frozenset({"string"}),
    "string": frozenset({"bytes"}),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why the reader cannot read all that the writer may write.

    `path` is a JSON pointer into the reader's schema, `info` what is missing or was expected.
    """

    kind: Kind
    path: str
    info: str

    @property
    def description(self) -> str:
        return self.said("reader's", "writer's")

    def said(self, reader: str, writer: str) -> str:
        """Return the sentence, with words for the two schemas."""
        match self.kind:
            case "NAME_MISMATCH":
                return f"The name of the schema has changed (path '{self.path}')"
            case "FIXED_SIZE_MISMATCH":
                return (
                    f"The size of FIXED type field at path '{self.path}' in the {reader} schema"
                    f" does not match with the {writer} schema"
                )
            case "MISSING_ENUM_SYMBOLS":
                return (
                    f"The {reader} schema is missing enum symbols '{self.info}'"
                    f" at path '{self.path}' in the {writer} schema"
                )
            case "READER_FIELD_MISSING_DEFAULT_VALUE":
                return (
                    f"The field '{self.info}' at path '{self.path}' in the {reader} schema"
                    f" has no default value and is missing in the {writer} schema"
                )
            case "TYPE_MISMATCH":
                return (
                    f"The type (path '{self.path}') of a field in the {reader} schema"
                    f" does not match with the {writer} schema"
                )
            case "MISSING_UNION_BRANCH":
                return (
                    f"The {reader} schema is missing a type inside a union field"
                    f" at path '{self.path}' in the {writer} schema"
                )


def problems(reader_tree: Any, writer_tree: Any) -> list[Problem]:
    """Return why the reader cannot read the writer; empty where it can. Both are a schema's JSON.

    Raises ContractError where one is no Avro schema.
    """
    return differences(parse(reader_tree), parse(writer_tree))


def differences(reader: Type, writer: Type) -> list[Problem]:
    """Return the problems of schemas that have been parsed."""
    return list(_Comparison().compare(reader, writer, ""))


class _Comparison:
    """One comparison; each pair of types is compared once, which also ends recursion."""

    def __init__(self) -> None:
        self._seen: set[tuple[int, int]] = set()

    def compare(self, reader: Type, writer: Type, path: str) -> Iterator[Problem]:
        if type(reader) is Primitive and type(writer) is Primitive:
            if reader.kind != writer.kind or reader.kind == "bytes":
                yield from _primitives(reader, writer, path)
            return
        pair = (id(reader), id(writer))
        if pair in self._seen:
            return
        self._seen.add(pair)
        if isinstance(writer, Union):
            yield from self._from_union(reader, writer, path)
        elif isinstance(reader, Union):
            yield from self._into_union(reader, writer, path, path)
        else:
            yield from self._plain(reader, writer, path)

    def _plain(self, reader: Type, writer: Type, path: str) -> Iterator[Problem]:
        match reader, writer:
            case Record(), Record():
                yield from _names(reader, writer, path)
                yield from self._fields(reader, writer, f"{path}/fields")
            case Enum(), Enum():
                yield from _names(reader, writer, path)
                yield from _symbols(reader, writer, f"{path}/symbols")
            case Fixed(), Fixed():
                yield from _names(reader, writer, path)
                yield from _sizes(reader, writer, path)
            case Array(), Array():
                yield from self.compare(reader.items, writer.items, f"{path}/items")
            case Map(), Map():
                yield from self.compare(reader.values, writer.values, f"{path}/values")
            case _:
                yield _mismatch(reader.kind.upper(), writer.kind.upper(), path)

    def _from_union(self, reader: Type, writer: Union, path: str) -> Iterator[Problem]:
        for place, branch in enumerate(writer.branches):
            if isinstance(reader, Union):
                yield from self._into_union(reader, branch, path, f"{path}/{place}")
            else:
                yield from self.compare(reader, branch, path)

    def _into_union(
        self, reader: Union, writer: Type, path: str, written: str
    ) -> Iterator[Problem]:
        """Compare with the branch that matches; `written` is the path to speak of."""
        lacking = f"reader union lacking writer type: {writer.kind.upper()}"
        place = _matching(reader, writer)
        if place is None:
            yield Problem("MISSING_UNION_BRANCH", written or "/", lacking)
        elif causes := list(self.compare(reader.branches[place], writer, f"{path}/{place}")):
            yield Problem("MISSING_UNION_BRANCH", written or "/", lacking)
            yield from causes

    def _fields(self, reader: Record, writer: Record, path: str) -> Iterator[Problem]:
        written = {field.name: field for field in writer.fields}
        contested = _contested(reader, written)
        for place, field in enumerate(reader.fields):
            here = f"{path}/{place}"
            claimed = [name for name in (field.name, *field.aliases) if name in written]
            if len(claimed) > 1:
                info = f"matches several: {', '.join(claimed)}"
                yield Problem("NAME_MISMATCH", f"{here}/aliases", info)
            for name in claimed:
                yield from self.compare(field.type, written[name].type, f"{here}/type")
            if field.default is NO_DEFAULT and not (claimed and contested.isdisjoint(claimed)):
                yield Problem("READER_FIELD_MISSING_DEFAULT_VALUE", here, field.name)


def _contested(reader: Record, written: Collection[str]) -> set[str]:
    """Return the writer's fields that several of the reader go by.

    An alias renames a field of the writer, so only one of them is fed; which one, the libraries
    do not agree upon, so that each needs a default.
    """
    claims = Counter(name for field in reader.fields for name in {field.name, *field.aliases})
    return {name for name, times in claims.items() if times > 1 and name in written}


def matches(reader: Type, writer: Type) -> bool:  # noqa: PLR0911 - a table of types
    """Tell whether two types match, as the specification puts it before it resolves them."""
    match reader, writer:
        case (Union(), _) | (_, Union()):
            return True
        case Primitive(), Primitive():
            return not list(_primitives(reader, writer, ""))
        case Array(items=read), Array(items=written):
            return matches(read, written)
        case Map(values=read), Map(values=written):
            return matches(read, written)
        case Fixed(), Fixed():
            return is_named_alike(reader, writer) and not list(_sizes(reader, writer, ""))
        case Named(), Named():
            return reader.kind == writer.kind and is_named_alike(reader, writer)
    return False


def is_named_alike(reader: Named, writer: Named) -> bool:
    """Compare names without their namespaces; an alias is a full name."""
    return reader.short == writer.short or writer.name in reader.aliases


def _matching(reader: Union, writer: Type) -> int | None:
    """Return the place of the branch with the writer's full name, else of the first that matches.

    The full name goes first so that a union of two namesakes reads itself, as in Avro Java.
    """
    places = [at for at, branch in enumerate(reader.branches) if matches(branch, writer)]
    if isinstance(writer, Named) and len(places) > 1:
        same = (at for at in places if getattr(reader.branches[at], "name", "") == writer.name)
        return next(same, places[0])
    return places[0] if places else None


def _names(reader: Named, writer: Named, path: str) -> Iterator[Problem]:
    if not is_named_alike(reader, writer):
        yield Problem("NAME_MISMATCH", f"{path}/name", f"expected: {writer.name}")


def _symbols(reader: Enum, writer: Enum, path: str) -> Iterator[Problem]:
    missing = sorted(set(writer.symbols).difference(reader.symbols))
    if missing and reader.default is None:
        yield Problem("MISSING_ENUM_SYMBOLS", path, f"[{', '.join(missing)}]")


def _sizes(reader: Fixed, writer: Fixed, path: str) -> Iterator[Problem]:
    if reader.size != writer.size:
        info = f"expected: {writer.size}, found: {reader.size}"
        yield Problem("FIXED_SIZE_MISMATCH", f"{path}/size", info)
    else:
        yield from _decimals(reader, writer, path)


def _primitives(reader: Primitive, writer: Primitive, path: str) -> Iterator[Problem]:
    if reader.kind == writer.kind:
        yield from _decimals(reader, writer, path)
    elif writer.kind not in PROMOTIONS.get(reader.kind, ()):
        yield _mismatch(reader.kind.upper(), writer.kind.upper(), path)


def _decimals(reader: Primitive | Fixed, writer: Primitive | Fixed, path: str) -> Iterator[Problem]:
    """Compare two decimals: a change of scale would change every value."""
    if not reader.props or not writer.props:
        return
    read, written = decimal_of(reader), decimal_of(writer)
    if read and written and read != written:
        yield _mismatch("decimal({}, {})".format(*read), "decimal({}, {})".format(*written), path)


def _mismatch(reader: str, writer: str, path: str) -> Problem:
    info = f"reader type: {reader} not compatible with writer type: {writer}"
    return Problem("TYPE_MISMATCH", path or "/", info)

"""Whether data written with one Avro schema is read by another: Schema Resolution of Avro 1.12.

Kinds, paths and sentences are those of Avro Java and Confluent, and so is the order in which
problems are found. Three verdicts are the specification's where the libraries' differ: decimals
match by precision and scale, a reader's union takes its first branch that matches, and a field of
the writer feeds one field of the reader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from lingqu.contracts.avro.matching import Branches, is_named_alike, is_same_decimal, matches
from lingqu.contracts.avro.parser import parse
from lingqu.contracts.avro.types import (
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
from lingqu.errors import ContractError

Kind = Literal[
    "NAME_MISMATCH",
    "FIXED_SIZE_MISMATCH",
    "MISSING_ENUM_SYMBOLS",
    "READER_FIELD_MISSING_DEFAULT_VALUE",
    "TYPE_MISMATCH",
    "MISSING_UNION_BRANCH",
]


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
    comparison = _Comparison()
    try:
        comparison.reads(reader, writer, "")
    except RecursionError as error:
        raise ContractError("the schemas are nested too deep to compare; flatten them") from error
    return comparison.problems


class _Comparison:
    """One comparison; each pair of types is compared once, which also ends recursion."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._verdicts: dict[tuple[int, int], bool] = {}
        self._unions: dict[int, Branches] = {}

    def reads(self, reader: Type, writer: Type, path: str) -> bool:
        """Tell whether the one reads the other, and add the problems of pairs not met before."""
        if type(reader) is Primitive and type(writer) is Primitive:
            is_plain = reader.kind == writer.kind != "bytes"  # what most fields are
            return is_plain or matches(reader, writer) or self._mismatch(reader, writer, path)
        pair = (id(reader), id(writer))
        if (known := self._verdicts.get(pair)) is not None:
            return known
        self._verdicts[pair] = True  # inside itself it is read, unless it is not outside
        if isinstance(writer, Union):
            verdict = self._from_union(reader, writer, path)
        elif isinstance(reader, Union):
            verdict = self._into_union(reader, writer, path, path)
        else:
            verdict = self._plain(reader, writer, path)
        self._verdicts[pair] = verdict
        return verdict

    def _plain(self, reader: Type, writer: Type, path: str) -> bool:
        match reader, writer:
            case Record(), Record():
                is_named = self._is_named(reader, writer, path)
                return self._fields(reader, writer, f"{path}/fields") and is_named
            case Enum(), Enum():
                is_named = self._is_named(reader, writer, path)
                return self._symbols(reader, writer, f"{path}/symbols") and is_named
            case Fixed(), Fixed():
                is_named = self._is_named(reader, writer, path)
                return self._sizes(reader, writer, path) and is_named
            case Array(), Array():
                return self.reads(reader.items, writer.items, f"{path}/items")
            case Map(), Map():
                return self.reads(reader.values, writer.values, f"{path}/values")
            case _:
                return self._mismatch(reader, writer, path)

    def _from_union(self, reader: Type, writer: Union, path: str) -> bool:
        verdicts = [
            self._into_union(reader, branch, path, f"{path}/{place}")
            if isinstance(reader, Union)
            else self.reads(reader, branch, path)
            for place, branch in enumerate(writer.branches)
        ]
        return all(verdicts)

    def _into_union(self, reader: Union, writer: Type, path: str, written: str) -> bool:
        """Compare with the branch that matches; `written` is the path to speak of."""
        if (branches := self._unions.get(id(reader))) is None:
            branches = self._unions[id(reader)] = Branches(reader)
        place, before = branches.matching(writer), len(self.problems)
        if place is not None and self.reads(reader.branches[place], writer, f"{path}/{place}"):
            return True
        info = f"reader union lacking writer type: {writer.kind.upper()}"
        self.problems.insert(before, Problem("MISSING_UNION_BRANCH", written or "/", info))
        return False

    def _fields(self, reader: Record, writer: Record, path: str) -> bool:
        written = {field.name: field for field in writer.fields}
        contested = _contested(reader, written)
        verdict = True
        for place, field in enumerate(reader.fields):
            here = f"{path}/{place}"
            claimed = [name for name in (field.name, *field.aliases) if name in written]
            if len(claimed) > 1:
                info = f"matches several: {', '.join(claimed)}"
                verdict = self._fail("NAME_MISMATCH", f"{here}/aliases", info)
            for name in claimed:
                verdict &= self.reads(field.type, written[name].type, f"{here}/type")
            if field.default is NO_DEFAULT and not (claimed and contested.isdisjoint(claimed)):
                verdict = self._fail("READER_FIELD_MISSING_DEFAULT_VALUE", here, field.name)
        return verdict

    def _is_named(self, reader: Named, writer: Named, path: str) -> bool:
        return is_named_alike(reader, writer) or self._fail(
            "NAME_MISMATCH", f"{path}/name", f"expected: {writer.name}"
        )

    def _symbols(self, reader: Enum, writer: Enum, path: str) -> bool:
        missing = sorted(set(writer.symbols).difference(reader.symbols))
        if not missing or reader.default is not None:
            return True
        return self._fail("MISSING_ENUM_SYMBOLS", path, f"[{', '.join(missing)}]")

    def _sizes(self, reader: Fixed, writer: Fixed, path: str) -> bool:
        if reader.size != writer.size:
            info = f"expected: {writer.size}, found: {reader.size}"
            return self._fail("FIXED_SIZE_MISMATCH", f"{path}/size", info)
        return is_same_decimal(reader, writer) or self._mismatch(reader, writer, path)

    def _mismatch(self, reader: Type, writer: Type, path: str) -> bool:
        read, written = reader.kind.upper(), writer.kind.upper()
        match reader, writer:
            case ((Primitive() | Fixed()), (Primitive() | Fixed())) if read == written:
                # Of one kind, only decimals can differ.
                read, written = (f"decimal{decimal_of(each)}" for each in (reader, writer))
        info = f"reader type: {read} not compatible with writer type: {written}"
        return self._fail("TYPE_MISMATCH", path or "/", info)

    def _fail(self, kind: Kind, path: str, info: str) -> Literal[False]:
        self.problems.append(Problem(kind, path, info))
        return False


def _contested(reader: Record, written: Collection[str]) -> set[str]:
    """Return the writer's fields that several of the reader go by.

    An alias renames a field of the writer, so only one of them is fed; which one, the libraries
    do not agree upon, so that each needs a default.
    """
    claims = Counter(name for field in reader.fields for name in {field.name, *field.aliases})
    return {name for name, times in claims.items() if times > 1 and name in written}

"""Whether two Avro types match: what the specification asks before it resolves them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from lingqu.contracts.avro.types import (
    Array,
    Fixed,
    Map,
    Named,
    Primitive,
    Type,
    Union,
    decimal_of,
)

PROMOTIONS = {
    "long": frozenset({"int"}),
    "float": frozenset({"int", "long"}),
    "double": frozenset({"int", "long", "float"}),
    "bytes": frozenset({"string"}),
    "string": frozenset({"bytes"}),
}


def matches(reader: Type, writer: Type) -> bool:
    """Tell whether two types match; records and enums do by their names alone."""
    match reader, writer:
        case (Union(), _) | (_, Union()):
            return True
        case Primitive(), Primitive():
            is_promoted = writer.kind in PROMOTIONS.get(reader.kind, ())
            return is_promoted or (reader.kind == writer.kind and is_same_decimal(reader, writer))
        case (Array(items=read), Array(items=written)) | (Map(values=read), Map(values=written)):
            return matches(read, written)
        case Fixed(), Fixed():
            is_sized = reader.size == writer.size and is_same_decimal(reader, writer)
            return is_sized and is_named_alike(reader, writer)
        case Named(), Named():
            return reader.kind == writer.kind and is_named_alike(reader, writer)
    return False


def is_named_alike(reader: Named, writer: Named) -> bool:
    """Compare names without their namespaces; an alias is a full name."""
    return reader.short == writer.short or writer.name in reader.aliases


def is_same_decimal(reader: Primitive | Fixed, writer: Primitive | Fixed) -> bool:
    """Compare two types of one kind: decimals match if their precisions and scales do."""
    if not reader.props or not writer.props:
        return True
    read, written = decimal_of(reader), decimal_of(writer)
    return read is None or written is None or read == written


class Branches:
    """A reader's union, by what its branches go by, so that large unions are not walked."""

    def __init__(self, union: Union) -> None:
        self._branches = union.branches
        self._full: dict[str, int] = {}
        self._short: defaultdict[str, list[int]] = defaultdict(list)
        self._alias: defaultdict[str, list[int]] = defaultdict(list)
        self._unnamed: list[int] = []
        for place, branch in enumerate(union.branches):
            if not isinstance(branch, Named):
                self._unnamed.append(place)
                continue
            self._full[branch.name] = place
            self._short[branch.short].append(place)
            for alias in branch.aliases:
                self._alias[alias].append(place)

    def matching(self, writer: Type) -> int | None:
        """Return the place of the branch with the writer's full name, else of the first match.

        The full name goes first so that a union of two namesakes reads itself, as in Avro Java.
        """
        places = self._named(writer) if isinstance(writer, Named) else self._unnamed
        return next((at for at in places if matches(self._branches[at], writer)), None)

    def _named(self, writer: Named) -> Sequence[int]:
        places = self._short.get(writer.short, [])
        if writer.name in self._alias:
            places = sorted({*places, *self._alias[writer.name]})
        return [self._full[writer.name], *places] if writer.name in self._full else places

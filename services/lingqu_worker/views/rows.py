"""A view on one event at a time, by fastavro: where columns cannot go, and to check them by."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import fastavro
import pyarrow as pa

from lingqu.agreements.derive import inline
from lingqu.agreements.masks import FieldMask
from lingqu.agreements.names import Named, Names, Node
from lingqu.agreements.state import AgreementState
from lingqu_worker.views.exact_unions import is_exact, member, parse_exact
from lingqu_worker.views.masks import REDACTED, ends_kept, leaf_mask
from lingqu_worker.views.pseudonyms import Pseudonyms

Step = Callable[[Any], Any]

_STORED = {
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "bytes": pa.binary(),
    "string": pa.string(),
}
_LOGICAL = {
    ("long", "timestamp-millis"): pa.timestamp("ms"),
    ("long", "timestamp-micros"): pa.timestamp("us"),
    ("int", "date"): pa.date32(),
}


class RowView:
    """The same view as ColumnView, for any schema; a property test holds both to the same bytes.

    `given` is the schema of the events that come: the signed version, or what the view needs of it.
    """

    def __init__(self, given: str, state: AgreementState, pseudonyms: Pseudonyms) -> None:
        before, after = json.loads(given), json.loads(state.derived_schema)
        self._read, self._write = parse_exact(before), parse_exact(after)
        self._masks = {mask.path: mask for mask in state.masks}
        self._pseudonyms = pseudonyms
        self._record = self._named(inline(Names(before), before), inline(Names(after), after), "")

    def event(self, body: bytes) -> bytes:
        """Return what of a whole event the partner may see, encoded by the derived schema."""
        return self._encoded(self._record(fastavro.schemaless_reader(io.BytesIO(body), self._read)))

    def canonical(self, body: bytes) -> bytes:
        """Return a derived event read and written again by the derived schema."""
        return self._encoded(fastavro.schemaless_reader(io.BytesIO(body), self._write))

    def _encoded(self, row: Any) -> bytes:
        target = io.BytesIO()
        fastavro.schemaless_writer(target, self._write, row)
        return target.getvalue()

    def _step(self, given: Node, shown: Node, path: str) -> Step:
        """Return what becomes of the values of a type, which the derived schema has as `shown`."""
        mask = self._masks.get(path)
        if mask is not None and mask.nulls:
            return _null
        if isinstance(given, list):
            return self._union(given, shown, path)
        if isinstance(given, Mapping) and (part := _part(given)):
            inner = self._step(given[part], shown[part], path)
            return _WITHIN[part](inner)
        if mask is not None:
            return self._masked(given, mask)
        return self._named(given, shown, path) if isinstance(given, Named) else _same

    def _named(self, given: Named, shown: Named, path: str) -> Step:
        if "fields" not in given.definition:
            return _same
        types = {field["name"]: field["type"] for field in given.definition["fields"]}
        parts = {
            field["name"]: self._step(
                types[field["name"]], field["type"], f"{path}.{field['name']}".lstrip(".")
            )
            for field in shown.definition["fields"]
        }
        return lambda row: {name: part(row[name]) for name, part in parts.items()}

    def _union(self, given: list[Node], shown: Node, path: str) -> Step:
        """Return the step for a union; a pseudonym makes one branch of several."""
        ways = {}
        for place, node in enumerate(given):
            if node != "null":
                to = _place(given, place, shown)
                inner = shown[to] if isinstance(shown, list) else shown
                named = member(to) if isinstance(shown, list) and is_exact(shown) else None
                ways[member(place)] = (self._step(node, inner, path), named)
        if not is_exact(given):
            step, _ = next(iter(ways.values()))
            return lambda value: None if value is None else step(value)

        def apply(value: Any) -> Any:
            if value is None:
                return None
            ((which, inside),) = value.items()
            step, named = ways[which]
            return step(inside) if named is None else {named: step(inside)}

        return apply

    def _masked(self, given: Node, mask: FieldMask) -> Step:
        """Return the mask on one plain value: texts by Python, the rest as Arrow has it."""
        if mask.names == ("redact",):
            return lambda _: REDACTED
        if mask.names[0].startswith("keep_"):
            first, last = ends_kept(mask)
            return lambda text: _kept(text, first, last)
        kind = _arrow_type(given)
        if mask.names == ("pseudonym",) and kind == pa.string():
            return self._pseudonyms.one
        leaf = leaf_mask(mask, self._pseudonyms)
        stored = _STORED.get(str(given["type"] if isinstance(given, Mapping) else given), kind)

        def apply(value: Any) -> Any:
            shown = leaf(pa.array([value], stored).cast(kind))
            return (shown if pa.types.is_string(shown.type) else shown.cast(stored))[0].as_py()

        return apply


def _place(given: list[Node], place: int, shown: Node) -> int:
    """Return the branch of the derived union that a branch has become."""
    if not isinstance(shown, list) or len(shown) == len(given):
        return place
    kind = _kind(given[place])
    return next(to for to, node in enumerate(shown) if _kind(node) == kind)


def _kind(node: Node) -> str:
    """Return what a pseudonym leaves apart: an array and a map of them, and all else as text."""
    kind = node["type"] if isinstance(node, Mapping) else node
    return kind if kind in ("array", "map", "null") else "string"


def _part(node: Mapping[str, Node]) -> str:
    """Return where an array, a map or a wrapped type has its inner type; nothing elsewhere."""
    if not isinstance(node["type"], str):
        return "type"
    return {"array": "items", "map": "values"}.get(node["type"], "")


def _in_list(step: Step) -> Step:
    return lambda values: [step(each) for each in values]


def _in_map(step: Step) -> Step:
    return lambda entries: {key: step(each) for key, each in entries.items()}


_WITHIN: Mapping[str, Callable[[Step], Step]] = {
    "items": _in_list,
    "values": _in_map,
    "type": lambda step: step,
}


def _arrow_type(node: Node) -> pa.DataType:
    """Return what a column of the type holds: an enum its symbols, a fixed its bytes."""
    if isinstance(node, Named):
        return pa.binary() if node.definition["type"] == "fixed" else pa.string()
    if isinstance(node, Mapping):
        kind = str(node["type"])
        return _LOGICAL.get((kind, str(node.get("logicalType", ""))), _STORED[kind])
    return _STORED[node]


def _kept(text: str, first: int, last: int) -> str:
    if len(text) <= first + last:
        return REDACTED
    return f"{text[:first]}{REDACTED}{text[len(text) - last :]}"


def _same(value: Any) -> Any:
    return value


def _null(_: Any) -> None:
    return None

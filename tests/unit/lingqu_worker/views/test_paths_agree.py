"""Whatever schema, terms and values: columns and fastavro make the same bytes of an event."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import fastavro
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support.agreements import agreement_state
from tests.support.builders import NOON, NOON_MS
from tests.support.view_terms import GRADES, KINDS, random_terms
from tests.unit.lingqu.agreements.samples import contract, version

from lingqu.agreements.state import AgreementState
from lingqu.agreements.view import ENVELOPE
from lingqu.contracts.envelope import uuid7
from lingqu.errors import ContractError
from lingqu.wire.codec import AvroCodec
from lingqu_worker.views.columns import ColumnView
from lingqu_worker.views.pseudonyms import Pseudonyms
from lingqu_worker.views.rows import RowView
from lingqu_worker.views.view import View

INT, LONG = st.integers(-(2**31), 2**31 - 1), st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PLAIN: list[tuple[Any, st.SearchStrategy[Any]]] = [
    *[("string", TEXT)] * 2,
    *[("string", TEXT)] * 2,
    ("boolean", st.booleans()),
    ("int", INT),
    ("long", LONG),
    ("double", st.floats(allow_nan=False)),
    ("float", st.floats(allow_nan=False, width=32)),
    ({"type": "long", "logicalType": "timestamp-millis"}, LONG),
    ({"type": "long", "logicalType": "timestamp-micros"}, LONG),
    ({"type": "int", "logicalType": "date"}, INT),
]
# What columns cannot carry, so that the whole event goes by rows.
OUTSIDE: list[tuple[Any, st.SearchStrategy[Any]]] = [
    ("bytes", st.binary(max_size=5)),
    (["null", "long", "double", "string"], st.none() | TEXT | LONG | st.floats(allow_nan=False)),
    (["null", "string", {"type": "array", "items": "string"}], st.none() | TEXT | st.lists(TEXT)),
    (["int", "string"], TEXT | INT),
]
Case = tuple[Any, st.SearchStrategy[Any]]


class Builder:
    """Draws fields; each named type has a name of its own."""

    def __init__(self, draw: st.DrawFn, plain: list[Case]) -> None:
        self._draw, self._plain, self._count = draw, plain, 0

    def fields(self, depth: int, prefix: str) -> tuple[list[Any], dict[str, Any]]:
        names = [f"{prefix}{place}" for place in range(self._draw(st.integers(1, 4)))]
        drawn = {name: self.nullable(depth) for name in names}
        said = [self._field(name, kind) for name, (kind, _) in drawn.items()]
        return said, {name: values for name, (_, values) in drawn.items()}

    def nullable(self, depth: int) -> Case:
        kind, values = self.kind(depth)
        if isinstance(kind, list) or self._draw(st.booleans()):
            return kind, values
        return ["null", kind], st.none() | values

    def kind(self, depth: int) -> Case:
        choice = self._draw(st.integers(0, 5 if depth else 2))
        if choice < 2:
            return self._draw(st.sampled_from(self._plain))
        self._count += 1
        if choice == 2:
            enum = {"type": "enum", "name": f"E{self._count}", "symbols": ["a", "b"]}
            return enum, st.sampled_from("ab")
        if choice == 3:
            name = f"R{self._count}"
            fields, parts = self.fields(depth - 1, "x")
            return {"type": "record", "name": name, "fields": fields}, st.fixed_dictionaries(parts)
        inner, values = self.nullable(depth - 1)
        if choice == 4:
            return {"type": "array", "items": inner}, st.lists(values, max_size=3)
        return {"type": "map", "values": inner}, st.dictionaries(TEXT, values, max_size=3)

    def _field(self, name: str, kind: Any) -> dict[str, Any]:
        grade = self._draw(st.sampled_from(GRADES))
        sort = self._draw(st.sampled_from(["none", *KINDS]))
        default: dict[str, Any] = {}
        if isinstance(kind, list) and kind[0] == "null":
            default = {"default": None}
        elif isinstance(kind, dict) and kind["type"] in ("array", "map"):
            default = {"default": [] if kind["type"] == "array" else {}}
        return {"name": name, "type": kind, "doc": name, "grade": grade, "kind": sort, **default}


@st.composite
def cases(draw: st.DrawFn, plain: list[Case]) -> tuple[AgreementState, list[bytes]]:
    fields, values = Builder(draw, plain).fields(2, "f")
    one = version(*fields)
    terms = random_terms(
        json.loads(one.schema), (), ENVELOPE, random.Random(draw(st.integers(0, 2**32)))
    )
    try:
        state = agreement_state(contract(one, key=()), view=terms)
    except ContractError:
        assume(False)
        raise
    parsed = fastavro.parse_schema(json.loads(one.schema))
    bodies = []
    for row in draw(st.lists(st.fixed_dictionaries(values), max_size=4)):
        target = io.BytesIO()
        envelope = {"event_id": uuid7(NOON), "occurred_at": NOON_MS, "origin": "43"}
        fastavro.schemaless_writer(target, parsed, {**envelope, **row})
        bodies.append(target.getvalue())
    return state, bodies


@given(cases(PLAIN))
@settings(max_examples=150)
def test_columns_and_rows_give_the_same_bytes(case: tuple[AgreementState, list[bytes]]) -> None:
    state, bodies = case
    codec, derived = AvroCodec(state.schema), AvroCodec(state.derived_schema)
    pseudonyms = Pseudonyms(b"key")
    assert codec.columnar
    columns = codec.decode(bodies).columns
    rows = RowView(state.schema, state, pseudonyms)

    whole = derived.encode(ColumnView(state, pseudonyms).apply(columns))
    sliced = derived.encode(ColumnView(state, pseudonyms).apply(columns.slice(1)))

    assert whole == [rows.event(body) for body in bodies]
    assert sliced == whole[1:]
    assert [rows.canonical(body) for body in whole] == whole


@given(cases(PLAIN + OUTSIDE))
@settings(max_examples=80)
def test_what_leaves_is_valid_by_the_derived_schema_for_any_schema(
    case: tuple[AgreementState, list[bytes]],
) -> None:
    state, bodies = case
    codec, derived = AvroCodec(state.schema), AvroCodec(state.derived_schema)
    given_columns = codec.decode(bodies).columns

    columns, payloads = View(state, derived, b"key").apply(given_columns, codec)

    expected = RowView(state.schema, state, Pseudonyms(b"key"))
    assert [payload[5:] for payload in payloads] == [expected.event(body) for body in bodies]
    assert derived.encode(columns) == [payload[5:] for payload in payloads]
    assert derived.decode([payload[5:] for payload in payloads]).refused == {}

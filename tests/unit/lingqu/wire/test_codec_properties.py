"""Both paths of the codec give identical bytes, whatever the schema and the values."""

from __future__ import annotations

import io
import json
from typing import Any

import fastavro
from hypothesis import given, settings
from hypothesis import strategies as st

from lingqu.wire.codec import AvroCodec

INT, LONG = st.integers(-(2**31), 2**31 - 1), st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
DOUBLE = st.floats(allow_nan=False)
FLOAT = st.floats(allow_nan=False, width=32)

PLAIN: list[tuple[Any, st.SearchStrategy[Any]]] = [
    ("boolean", st.booleans()),
    ("int", INT),
    ("long", LONG),
    ("float", FLOAT),
    ("double", DOUBLE),
    ("string", TEXT),
    ({"type": "long", "logicalType": "timestamp-millis"}, LONG),
    ({"type": "long", "logicalType": "timestamp-micros"}, LONG),
    ({"type": "int", "logicalType": "date"}, INT),
]
OUTSIDE: list[tuple[Any, st.SearchStrategy[Any]]] = [
    ("bytes", st.binary(max_size=5)),
    (["null", "string", "bytes"], st.none() | TEXT | st.binary(max_size=5)),
    ({"type": "int", "logicalType": "time-millis"}, INT),
]

Case = tuple[Any, st.SearchStrategy[Any]]


class Names:
    """Gives each named type of one schema a name of its own."""

    def __init__(self) -> None:
        self.count = 0

    def next(self) -> str:
        self.count += 1
        return f"T{self.count}"


def kinds(draw: st.DrawFn, names: Names, depth: int, plain: list[Case]) -> Case:
    choice = draw(st.integers(0, 5 if depth else 2))
    if choice < 2:
        return draw(st.sampled_from(plain))
    if choice == 2:
        symbols = draw(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True))
        enum = {"type": "enum", "name": names.next(), "symbols": symbols}
        return enum, st.sampled_from(symbols)
    if choice == 3:
        return record(draw, names, depth - 1, plain)
    inner, values = nullable(draw, names, depth - 1, plain)
    if choice == 4:
        return {"type": "array", "items": inner}, st.lists(values, max_size=3)
    return {"type": "map", "values": inner}, st.dictionaries(TEXT, values, max_size=3)


def nullable(draw: st.DrawFn, names: Names, depth: int, plain: list[Case]) -> Case:
    kind, values = kinds(draw, names, depth, plain)
    if isinstance(kind, list):
        return kind, values
    match draw(st.integers(0, 3)):
        case 0:
            return ["null", kind], st.none() | values
        case 1:
            return [kind, "null"], st.none() | values
        case _:
            return kind, values


def record(draw: st.DrawFn, names: Names, depth: int, plain: list[Case]) -> Case:
    parts = {
        f"f{place}": nullable(draw, names, depth, plain) for place in range(draw(st.integers(1, 4)))
    }
    fields = [{"name": name, "type": kind} for name, (kind, _) in parts.items()]
    schema = {"type": "record", "name": names.next(), "fields": fields}
    return schema, st.fixed_dictionaries({name: values for name, (_, values) in parts.items()})


@st.composite
def events(draw: st.DrawFn, plain: list[Case]) -> tuple[str, list[bytes]]:
    schema, values = record(draw, Names(), 2, plain)
    rows = draw(st.lists(values, max_size=6))
    parsed = fastavro.parse_schema(json.loads(json.dumps(schema)))
    bodies = []
    for row in rows:
        target = io.BytesIO()
        fastavro.schemaless_writer(target, parsed, row)
        bodies.append(target.getvalue())
    return json.dumps(schema), bodies


@given(events(PLAIN))
@settings(max_examples=300)
def test_both_paths_give_the_bytes_they_were_given(given_events: tuple[str, list[bytes]]) -> None:
    schema, bodies = given_events
    codec = AvroCodec(schema)

    by_columns = codec.decode(bodies)
    by_rows = codec._rows.decode(bodies)

    assert codec.columnar
    assert by_columns.refused == by_rows.refused == {}
    assert by_columns.replaced == by_rows.replaced == {}
    assert codec.encode(by_columns.columns) == bodies
    assert codec._rows.encode(by_rows.columns) == bodies
    assert codec.encode_rows(codec.decode_rows(bodies)) == bodies


@given(events(PLAIN + OUTSIDE))
@settings(max_examples=100)
def test_schemas_outside_the_profile_lose_nothing(given_events: tuple[str, list[bytes]]) -> None:
    schema, bodies = given_events
    codec = AvroCodec(schema)

    decoded = codec.decode(bodies)

    assert decoded.refused == {}
    assert codec.encode(decoded.columns) == bodies


@given(events(PLAIN), st.data())
@settings(max_examples=200)
def test_damage_never_passes_for_another_event(
    given_events: tuple[str, list[bytes]], data: st.DataObject
) -> None:
    schema, bodies = given_events
    codec = AvroCodec(schema)
    damaged = [data.draw(st.sampled_from([b, b[:-1], b + b"\x00", b[::-1]])) for b in bodies]

    decoded = codec.decode(damaged)

    good = range(len(damaged)) if decoded.good is None else decoded.good
    kept = [decoded.replaced.get(index, damaged[index]) for index in good]
    assert codec.encode(decoded.columns) == kept
    assert codec.encode_rows(codec.decode_rows(kept)) == kept

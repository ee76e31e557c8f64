"""A resolver gives what fastavro's own resolution gives, by columns where it can."""

from __future__ import annotations

import io
import json
from typing import Any

import fastavro
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lingqu.errors import ContractError, PermanentError
from lingqu.wire.framing import frame, header
from lingqu.wire.resolver import Resolver
from lingqu.wire.shape import same_bytes

INSTANT = {"type": "long", "logicalType": "timestamp-millis"}
PART_1 = {
    "type": "record",
    "name": "Part",
    "fields": [{"name": "code", "type": "string"}, {"name": "value", "type": "int"}],
}
PART_2 = {
    "type": "record",
    "name": "Part",
    "fields": [
        {"name": "value", "type": ["null", "double"]},
        {"name": "at", "type": INSTANT, "default": 5},
        {"name": "code", "type": "string"},
    ],
}
STATES_3 = {"type": "enum", "name": "State", "symbols": ["on", "off", "broken"]}
STATES_2 = {"type": "enum", "name": "State", "symbols": ["on", "off"], "default": "off"}

# What a field may be written as and read as; None: absent on that side.
PAIRS: list[tuple[dict[str, Any] | None, dict[str, Any] | None]] = [
    ({"type": "string"}, {"type": "string"}),
    ({"type": "string"}, {"type": ["null", "string"], "default": None}),
    ({"type": ["null", "string"]}, {"type": ["string", "null"]}),
    ({"type": "int"}, {"type": "long"}),
    ({"type": "int"}, {"type": "double"}),
    ({"type": "long"}, {"type": "float"}),
    ({"type": ["null", "int"]}, {"type": ["null", "long"]}),
    ({"type": INSTANT}, {"type": INSTANT}),
    ({"type": "long"}, None),
    (None, {"type": ["null", "string"], "default": None}),
    (None, {"type": "string", "default": "unknown"}),
    (None, {"type": "int", "default": 3}),
    (None, {"type": "double", "default": 3}),
    (None, {"type": INSTANT, "default": 77}),
    (None, {"type": {"type": "array", "items": "string"}, "default": []}),
    (None, {"type": {"type": "array", "items": PART_1}, "default": []}),
    (None, {"type": {"type": "map", "values": "int"}, "default": {"a": 1}}),
    (None, {"type": STATES_2, "default": "on"}),
    ({"type": STATES_2}, {"type": STATES_3}),
    ({"type": STATES_3}, {"type": STATES_2}),
    ({"type": PART_1}, {"type": PART_2}),
    ({"type": ["null", PART_1]}, {"type": ["null", PART_2]}),
    ({"type": {"type": "array", "items": PART_1}}, {"type": {"type": "array", "items": PART_2}}),
    (
        {"type": ["null", {"type": "array", "items": ["null", PART_1]}]},
        {"type": ["null", {"type": "array", "items": ["null", PART_2]}]},
    ),
    ({"type": {"type": "map", "values": "int"}}, {"type": {"type": "map", "values": "int"}}),
    ({"type": {"type": "map", "values": "int"}}, {"type": {"type": "map", "values": "long"}}),
    ({"type": "string"}, {"type": "bytes"}),
    ({"type": ["null", "int", "string"]}, {"type": ["null", "int", "string"]}),
]
BY_ROWS_ONLY = {16, 25, 26, 27}


def values(kind: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - a table of types
    if isinstance(kind, list):
        return st.one_of([values(part) for part in kind])
    if isinstance(kind, dict):
        match kind["type"]:
            case "record":
                parts = {field["name"]: values(field["type"]) for field in kind["fields"]}
                return st.fixed_dictionaries(parts)
            case "enum":
                return st.sampled_from(kind["symbols"])
            case "array":
                return st.lists(values(kind["items"]), max_size=3)
            case "map":
                return st.dictionaries(st.text("ab", max_size=3), values(kind["values"]))
            case inner:
                return values(inner)
    plain = {"null": st.none(), "string": st.text("äb", max_size=4), "int": st.integers(-9, 99)}
    return plain.get(kind, st.integers(-(2**40), 2**40))


def schemas(number: int) -> tuple[str, str]:
    writer, reader = PAIRS[number]
    written = [{"name": "id", "type": "string"}]
    read: list[dict[str, Any]] = [{"name": "id", "type": "string"}]
    if writer:
        written.append({"name": "old", **writer})
    if reader:
        read.insert(0, {"name": "new" if writer else "added", **reader})
        if writer:
            read[0]["aliases"] = ["old"]
    texts = [{"type": "record", "name": "R", "fields": fields} for fields in (written, read)]
    return json.dumps(texts[0]), json.dumps(texts[1])


def by_fastavro(writer: str, reader: str, bodies: list[bytes]) -> list[bytes]:
    parsed = [fastavro.parse_schema(json.loads(text)) for text in (writer, reader)]
    rows = [fastavro.schemaless_reader(io.BytesIO(body), *parsed) for body in bodies]
    targets = [io.BytesIO() for _ in rows]
    for target, row in zip(targets, rows, strict=True):
        fastavro.schemaless_writer(target, parsed[1], row)
    return [target.getvalue() for target in targets]


@pytest.mark.parametrize("number", range(len(PAIRS)))
@given(data=st.data())
@settings(max_examples=15)
def test_resolution_equals_that_of_fastavro(number: int, data: st.DataObject) -> None:
    writer, reader = schemas(number)
    kinds = {field["name"]: field["type"] for field in json.loads(writer)["fields"]}
    strategy = st.fixed_dictionaries({name: values(kind) for name, kind in kinds.items()})
    resolver = Resolver(writer, reader)
    bodies = resolver.writer.encode_rows(data.draw(st.lists(strategy, max_size=4)))

    resolved = resolver.resolve(resolver.writer.decode(bodies).columns)

    assert resolver.columnar is (number not in BY_ROWS_ONLY)
    assert resolved.refused == {}
    assert resolver.reader.encode(resolved.columns) == by_fastavro(writer, reader, bodies)


def resolver(written: Any, read: Any) -> Resolver:
    def text(kind: Any) -> str:
        return json.dumps({"type": "record", "name": "R", "fields": [{"name": "a", "type": kind}]})

    return Resolver(text(written), text(read))


def test_events_that_cannot_be_resolved_are_refused_by_row() -> None:
    strict = resolver(STATES_3, {"type": "enum", "name": "State", "symbols": ["on"]})

    resolved = strict.resolve(pa.RecordBatch.from_pydict({"a": ["on", "broken", "on"]}))

    assert resolved.good == [0, 2]
    assert resolved.refused[1].code == "not_resolvable"
    assert resolved.columns.column("a").to_pylist() == ["on", "on"]
    with pytest.raises(PermanentError, match="not readable as R"):
        strict.columns(pa.RecordBatch.from_pydict({"a": ["broken"]}))


def test_a_null_does_not_resolve_to_a_type_without_null() -> None:
    resolved = resolver(["null", "string"], "string").resolve(
        pa.RecordBatch.from_arrays([pa.array([None, "x"])], names=["a"])
    )

    assert resolved.good == [1]


def test_a_field_without_value_or_default_is_refused_when_compiled() -> None:
    writer, _ = schemas(0)
    reader = json.loads(writer)
    reader["fields"].append({"name": "needed", "type": "string"})

    with pytest.raises(ContractError, match="'needed'"):
        Resolver(writer, json.dumps(reader))


def test_a_slice_of_columns_resolves_as_the_slice() -> None:
    writer, reader = schemas(22)
    found = Resolver(writer, reader)
    rows = [{"id": str(n), "old": [{"code": "c", "value": n}] * n} for n in range(4)]
    bodies = found.writer.encode_rows(rows)

    resolved = found.resolve(found.writer.decode(bodies).columns.slice(2))

    expected = by_fastavro(writer, reader, bodies[2:])
    assert found.reader.encode(resolved.columns) == expected


def test_framed_payloads_are_refused_and_resolved_by_their_own_places() -> None:
    strict = resolver(STATES_3, {"type": "enum", "name": "State", "symbols": ["on"]})
    bodies = strict.writer.encode_rows([{"a": "on"}, {"a": "broken"}, {"a": "on"}])
    payloads = [frame(1, bodies[0]), header(1), frame(1, bodies[1]), frame(1, bodies[2])]

    decoded = strict.decode_framed(payloads)

    assert decoded.good == [0, 3]
    assert {place: reason.code for place, reason in decoded.refused.items()} == {
        1: "undecodable",
        2: "not_resolvable",
    }


def test_schemas_that_differ_in_words_alone_write_the_same_bytes() -> None:
    plain = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}]}
    wordy = {**plain, "doc": "d", "fields": [{"name": "a", "type": {"type": "string"}, "doc": "d"}]}
    other = {**plain, "fields": [{"name": "b", "type": "string"}]}

    assert same_bytes(json.dumps(plain), json.dumps(wordy))
    assert not same_bytes(json.dumps(plain), json.dumps(other))

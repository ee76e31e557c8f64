"""A field that a newer schema renames reaches those who read by the older one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.lingqu.wire.test_resolver import by_fastavro

from lingqu.wire.aliases import named_as_written
from lingqu.wire.resolver import Resolver

INNER = {"type": "record", "name": "Part", "fields": [{"name": "code", "type": "string"}]}
INNER_2 = {
    "type": "record",
    "name": "Part",
    "fields": [
        {"name": "kind", "type": "string", "aliases": ["code"]},
        {"name": "size", "type": "int", "default": 1},
    ],
}


def text(*fields: dict[str, Any]) -> str:
    return json.dumps({"type": "record", "name": "R", "fields": [*fields]})


OLD = text(
    {"name": "id", "type": "string"},
    {"name": "old", "type": ["null", "string"], "default": None},
    {"name": "size", "type": "double", "default": 0.5},
    {"name": "parts", "type": {"type": "array", "items": INNER}},
    {"name": "gone", "type": "long", "default": 7},
)
NEW = text(
    {"name": "added", "type": "string", "default": ""},
    {"name": "id", "type": "string"},
    {"name": "new", "type": ["null", "string"], "default": None, "aliases": ["old"]},
    {"name": "size", "type": "int"},
    {"name": "parts", "type": {"type": "array", "items": INNER_2}},
)
EVENTS = st.fixed_dictionaries(
    {
        "added": st.text("aä", max_size=3),
        "id": st.text("xy", max_size=3),
        "new": st.none() | st.text("é", max_size=3),
        "size": st.integers(-(2**31), 2**31 - 1),
        "parts": st.lists(
            st.fixed_dictionaries({"kind": st.text("k", max_size=2), "size": st.just(2)}),
            max_size=3,
        ),
    }
)


def with_bytes(schema: str) -> str:
    """Return the schema with a field that columns do not carry, so that rows are read."""
    record = json.loads(schema)
    record["fields"].append({"name": "blob", "type": "bytes", "default": ""})
    return json.dumps(record)


@pytest.mark.parametrize("columnar", [True, False])
@given(rows=st.lists(EVENTS, max_size=5))
def test_both_paths_give_the_signed_version_of_newer_events(
    columnar: bool, rows: list[dict[str, Any]]
) -> None:
    """Added fields are withheld, renamed ones found, promoted and defaulted ones filled."""
    resolver = Resolver(NEW, OLD) if columnar else Resolver(with_bytes(NEW), OLD)
    bodies = resolver.writer.encode_rows(rows if columnar else [{**r, "blob": b"x"} for r in rows])

    resolved = resolver.resolve(resolver.writer.decode(bodies).columns)

    assert resolver.columnar is columnar
    encoded = resolver.reader.encode(resolved.columns)
    assert encoded == by_fastavro(resolver.writer.schema, named_as_written(OLD, NEW), bodies)
    assert resolver.reader.decode_rows(encoded) == [
        {
            "id": row["id"],
            "old": row["new"],
            "size": float(row["size"]),
            "parts": [{"code": part["kind"]} for part in row["parts"]],
            "gone": 7,
        }
        for row in rows
    ]


def test_a_reader_that_needs_no_alias_is_as_it_was() -> None:
    assert named_as_written(OLD, OLD) is OLD
    assert named_as_written(NEW, OLD) is NEW


@pytest.mark.parametrize(
    ("reader", "writer", "aliases"),
    [
        # The old name is written again: the renamed one is not it any more.
        ([("a", [])], [("a", []), ("b", ["a"])], []),
        # Another field of the reader takes it by its own name already.
        ([("a", []), ("b", [])], [("b", ["a"])], []),
        # The reader's own alias goes before the writer's.
        ([("a", ["c"])], [("c", []), ("b", ["a"])], ["c"]),
        ([("a", ["z"])], [("b", ["x", "a"])], ["z", "b"]),
    ],
)
def test_a_field_of_the_writer_feeds_one_field_of_the_reader(
    reader: list[tuple[str, list[str]]], writer: list[tuple[str, list[str]]], aliases: list[str]
) -> None:
    texts = [
        text(*({"name": name, "type": "string", "aliases": more} for name, more in fields))
        for fields in (reader, writer)
    ]

    found = json.loads(named_as_written(*texts))

    assert found["fields"][0]["aliases"] == aliases

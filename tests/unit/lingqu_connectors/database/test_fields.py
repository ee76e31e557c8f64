"""A database's values as the fields of an event, and keys as positions."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.errors import PermanentError
from lingqu_connectors.database.fields import Fields
from lingqu_connectors.database.place import decode, encode

INSTANT = {"type": "long", "logicalType": "timestamp-millis"}
ARRAY = {"type": "array", "items": "string"}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def field(kind: Any, value: Any) -> Any:
    fields = [{"name": "f", "type": kind}, {"name": "other", "type": "string"}]
    schema = json.dumps({"type": "record", "name": "R", "fields": fields})
    return Fields(schema, "Asia/Shanghai").event({"f": value, "internal": 1}).get("f", "absent")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (INSTANT, NOON, "2026-03-01T12:00:00+00:00"),
        (INSTANT, datetime(2026, 3, 1, 20), "2026-03-01T12:00:00+00:00"),  # noqa: DTZ001
        (INSTANT, "2026-03-01 20:00:00", "2026-03-01T12:00:00+00:00"),
        (INSTANT, "2026-03-01T12:00:00Z", "2026-03-01T12:00:00+00:00"),
        (INSTANT, date(2026, 3, 1), "2026-02-28T16:00:00+00:00"),
        (INSTANT, 1_772_366_400_000, 1_772_366_400_000),
        (INSTANT, "gestern", "gestern"),
        (["null", INSTANT], "2026-03-01 20:00:00", "2026-03-01T12:00:00+00:00"),
        ({"type": "int", "logicalType": "date"}, date(2026, 3, 1), "2026-03-01"),
        ("double", Decimal("7.50"), 7.5),
        ("long", Decimal(750), 750),
        ("boolean", 0, False),
        ("string", UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("bytes", b"\xff", "\xff"),
        (ARRAY, '["a"]', ["a"]),
        (ARRAY, ["a"], ["a"]),
        (["null", ARRAY], "{", "{"),
        (["string", "long"], 5, 5),
        ("string", None, "absent"),
    ],
)
def test_each_value_becomes_what_admission_reads(kind: Any, value: Any, expected: Any) -> None:
    found = field(kind, value)
    assert (found, type(found)) == (expected, type(expected))


KEYS = st.tuples(
    st.integers(),
    st.text(),
    st.datetimes(timezones=st.just(UTC)),
    st.dates(),
    st.decimals(allow_nan=False),
    st.uuids(),
    st.floats(allow_nan=False),
    st.binary(),
)


@given(KEYS)
def test_a_key_comes_back_from_its_position_to_the_last_digit(key: tuple[Any, ...]) -> None:
    columns = [f"c{place}" for place in range(len(key))]
    found = decode(columns, encode(columns, key))
    assert found == key
    assert [*map(type, found)] == [*map(type, key)]


def test_positions_of_another_key_are_refused() -> None:
    with pytest.raises(PermanentError, match="known by id, and the option key says read_at, id"):
        decode(["read_at", "id"], encode(["id"], (5,)))


def test_a_value_without_order_is_refused_as_a_key() -> None:
    with pytest.raises(PermanentError, match="'parts' holds list; choose columns of numbers"):
        encode(["parts"], ([1],))

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.lingqu.admission.parcels import (
    EVENT_ID,
    HUB_SCHEMA_ID,
    gate,
    parcel,
    schema,
)

from lingqu.admission import EncodedRow
from lingqu.errors import Reason
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES, header

KEYLESS = ("event_id",)


def anonymous(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in parcel(**changes).items() if name not in KEYLESS}


def accept(row: dict[str, Any], **settings: Any) -> EncodedRow:
    admitted = gate(**settings).admit_rows([row])
    assert not admitted.refused
    return admitted.accepted[0]


def refuse(row: object, **settings: Any) -> Reason:
    admitted = gate(**settings).admit_rows([row])
    assert not admitted.accepted
    return admitted.refused[0]


def test_a_row_becomes_a_record_of_the_hubs_topic() -> None:
    row = accept(parcel(3, weighed_on="1970-01-03"))
    assert row.key == "P3|1"
    assert row.event_id == EVENT_ID.format(3)
    assert row.payload[:HEADER_BYTES] == header(HUB_SCHEMA_ID)
    (decoded,) = AvroCodec(schema()).decode_rows([row.payload[HEADER_BYTES:]])
    assert decoded["weighed_on"] == 2
    assert (decoded["change"], decoded["mode"], decoded["stops"]) == ("first", "live", [])


@pytest.mark.parametrize(
    ("changes", "code", "rule", "field"),
    [
        ({"grams": -1}, "rule_broken", "grams_positive", "grams"),
        ({"office": 9}, "rule_broken", "office_known", "office"),
        ({"event_id": "3"}, "rule_broken", "envelope", "event_id"),
        ({"origin": "44"}, "wrong_region", None, "origin"),
        ({"environment": "test"}, "wrong_environment", None, "environment"),
        ({"grams": "heavy"}, "undecodable", None, "grams"),
        ({"colour": "red"}, "undecodable", None, "colour"),
        ({"parcel": "x" * 450_000}, "too_large", None, None),
        ({"parcel": "\ud800"}, "undecodable", None, None),
    ],
)
def test_a_refused_row_names_rule_and_field(
    changes: dict[str, Any], code: str, rule: str | None, field: str | None
) -> None:
    reason = refuse(parcel(**changes))
    assert (reason.code, reason.rule, reason.field) == (code, rule, field)


def test_refused_rows_never_poison_their_batch() -> None:
    rows = [
        parcel(0),
        parcel(1, grams=0),
        "no object",
        parcel(3, parcel="\ud800"),
        parcel(4, parcel="x" * 900_000),
        parcel(5),
    ]
    admitted = gate().admit_rows(rows)
    assert [row.index for row in admitted.accepted] == [0, 5]
    assert [row.key for row in admitted.accepted] == ["P0|1", "P5|1"]
    assert sorted(admitted.refused) == [1, 2, 3, 4]


def test_a_row_that_only_the_encoder_finds_wrong_stands_alone() -> None:
    price = {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}
    text = schema(extra=[{"name": "price", "type": price}])
    rows = [parcel(0, price="1.25"), parcel(1, price="1.255"), parcel(2, price=3)]
    admitted = gate(text=text).admit_rows(rows)
    assert [row.index for row in admitted.accepted] == [0, 2]
    assert admitted.refused[1].code == "undecodable"


def test_no_rows_are_no_rows() -> None:
    admitted = gate().admit_rows([])
    assert not admitted.accepted
    assert not admitted.refused


def test_a_row_that_names_no_environment_is_marked_with_the_hubs() -> None:
    row = accept(parcel(), environment="test")
    (decoded,) = AvroCodec(schema()).decode_rows([row.payload[HEADER_BYTES:]])
    assert decoded["environment"] == "test"


def test_a_row_without_id_gets_the_same_one_at_each_import() -> None:
    assert accept(anonymous()).event_id == accept(anonymous()).event_id


@pytest.mark.parametrize(
    "changes", [{"grams": 12.6}, {"parcel": "Q"}, {"occurred_at": 1}, {"change": "revision"}]
)
def test_another_content_key_or_time_is_another_event(changes: dict[str, Any]) -> None:
    assert accept(anonymous(**changes)).event_id != accept(anonymous()).event_id


def test_another_source_or_hub_key_makes_another_id() -> None:
    own = accept(anonymous()).event_id
    assert gate().admit_rows([anonymous()], "elsewhere").accepted[0].event_id != own
    assert accept(anonymous(), id_key=b"other" * 8).event_id != own


@pytest.mark.parametrize(
    "same",
    [
        {"occurred_at": "2021-03-31T20:00:00Z"},
        {"occurred_at": "2021-04-01T04:00:00+08:00"},
        {"mode": "live"},
        {"weighed_on": None},
        {"stops": []},
    ],
)
def test_two_spellings_of_one_content_are_one_event(same: dict[str, Any]) -> None:
    assert accept(anonymous(**same)).event_id == accept(anonymous()).event_id


def test_a_later_field_with_a_default_leaves_old_ids_as_they_were() -> None:
    later = schema(extra=[{"name": "colour", "type": "string", "default": "brown"}])
    assert accept(anonymous(), text=later).event_id == accept(anonymous()).event_id


def test_where_no_id_can_be_made_a_row_without_one_is_refused() -> None:
    reason = refuse(anonymous(), id_key=None)
    assert (reason.code, reason.field) == ("missing_field", "event_id")


def test_the_digest_tells_a_repeat_from_another_content_under_the_same_id() -> None:
    first, again, other = parcel(), parcel(mode="live"), parcel(grams=1)
    assert accept(first).digest == accept(again).digest != accept(other).digest


def test_columns_of_a_service_are_held_to_the_same_checks() -> None:
    rows = [parcel(number) for number in range(3)]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    columns["grams"] = [1.0, -1.0, 2.0]
    admitted = gate().admit_columns(columns)
    assert [row.index for row in admitted.accepted] == [0, 2]
    assert admitted.refused[1].rule == "grams_positive"
    rows[2]["grams"] = 2.0
    assert admitted.accepted[1].payload == accept(rows[2]).payload

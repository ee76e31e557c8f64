from __future__ import annotations

from uuid import UUID

import pytest

from lingqu.wire.framing import frame, group_by_schema, header
from lingqu.wire.header_framing import Headers, in_payload

GUID, OTHER = UUID(int=2**127 + 5), UUID(int=9)


def test_header_is_a_zero_and_the_id_in_four_bytes_big_endian() -> None:
    assert header(258) == b"\x00\x00\x00\x01\x02"
    assert frame(1, b"body") == b"\x00\x00\x00\x00\x01body"


def test_payloads_of_one_schema_are_one_group() -> None:
    grouped = group_by_schema([frame(7, b"a"), frame(7, b""), frame(7, b"c")])

    assert grouped.single == 7
    assert list(grouped.ids[7]) == [0, 1, 2]


def test_many_alternating_ids_keep_every_place() -> None:
    payloads = [frame(1 + index % 3, b"x") for index in range(5000)]

    grouped = group_by_schema(payloads)

    assert grouped.single is None
    assert {i: list(places) for i, places in grouped.ids.items()} == {
        1 + first: list(range(first, 5000, 3)) for first in range(3)
    }


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (None, "null_payload"),
        (b"", "bad_framing"),
        (b"\x00\x00\x00\x01", "bad_framing"),
        (b'{"a": 1}', "bad_framing"),
        (b"\x01" + bytes(15), "bad_framing"),
        (b"\x02" + bytes(16) + b"body", "bad_framing"),
    ],
)
@pytest.mark.parametrize("place", [0, 1])
def test_what_carries_no_id_is_refused_alone(payload: bytes | None, code: str, place: int) -> None:
    payloads: list[bytes | None] = [frame(3, b"x"), frame(3, b"y")]
    payloads.insert(place, payload)

    grouped = group_by_schema(payloads)

    assert {index: reason.code for index, reason in grouped.refused.items()} == {place: code}
    assert grouped.single is None
    assert sorted([*grouped.ids[3], place]) == [0, 1, 2]


def by_guid(guid: UUID, body: bytes) -> bytes:
    return b"\x01" + guid.bytes + body


def test_payloads_of_one_guid_are_one_group_with_five_bytes_before_each_body() -> None:
    grouped = group_by_schema([by_guid(GUID, b"a"), by_guid(GUID, b""), by_guid(GUID, b"c")])

    assert grouped.single == GUID
    assert list(grouped.ids[GUID]) == [0, 1, 2]
    assert list(grouped.payloads) == [frame(0, b"a"), frame(0, b""), frame(0, b"c")]


def test_ids_and_guids_may_stand_beside_each_other() -> None:
    payloads = [frame(7, b"a"), by_guid(GUID, b"b"), None, by_guid(OTHER, b"c"), frame(7, b"d")]

    grouped = group_by_schema(payloads)

    assert grouped.ids == {7: [0, 4], GUID: [1], OTHER: [3]}
    assert list(grouped.refused) == [2]
    assert grouped.payloads == [payloads[0], frame(0, b"b"), None, frame(0, b"c"), payloads[4]]


def test_payloads_under_ids_are_handed_on_as_they_are() -> None:
    payloads = [frame(7, b"a"), frame(8, b"b"), None]

    assert group_by_schema(payloads).payloads is payloads


def test_framing_in_a_header_stands_before_the_body_again() -> None:
    body, newer = b"body", by_guid(OTHER, b"")
    headers: list[Headers | None] = [
        [("__value_schema_id", by_guid(GUID, b""))],
        [("__value_schema_id", by_guid(GUID, b"")), ("lq_seq", b"1"), ("__value_schema_id", newer)],
        [("__value_schema_id", b"\x00\x00\x00\x00\x07")],
        [("__key_schema_id", newer), ("lq_seq", None)],
        None,
    ]

    found = in_payload([body] * 5, headers)

    assert found == [by_guid(GUID, body), by_guid(OTHER, body), frame(7, body), body, body]


def test_a_header_of_no_known_form_and_a_record_without_value_stay_as_they_are() -> None:
    for strange in (b"", None, b"\x01short", b"\x05" + bytes(16)):
        assert in_payload([b"body"], [[("__value_schema_id", strange)]]) == [b"body"]
    assert in_payload([None], [[("__value_schema_id", by_guid(GUID, b""))]]) == [None]


def test_where_nobody_has_a_header_the_values_are_the_same_sequence() -> None:
    values = [b"a", None]

    assert in_payload(values, [None, []]) is values


def test_nothing_is_in_no_group() -> None:
    assert not group_by_schema([]).ids

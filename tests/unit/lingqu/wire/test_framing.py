from __future__ import annotations

import pytest

from lingqu.wire.framing import frame, group_by_schema, header


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
        (b"\x01" + bytes(16) + b"guid", "bad_framing"),
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


def test_a_guid_is_told_from_what_is_no_framing() -> None:
    refused = group_by_schema([b"\x01" + bytes(16) + b"body", b"\x02body"]).refused

    assert "let the producer write its id" in refused[0].detail
    assert "the first byte is 2" in refused[1].detail


def test_nothing_is_in_no_group() -> None:
    assert not group_by_schema([]).ids

"""Parked events as records: sealed, one an event, and their own again when they are opened."""

from __future__ import annotations

import pytest

from lingqu.sealing import SealError
from lingqu_worker.parked_records import ParkedRecords
from lingqu_worker.parking import Change, ParkedEvent

LANE_KEY = b"43|feed|demo.reading.v1|2"
RECORDS = ParkedRecords(LANE_KEY, b"k" * 32)


def change(key: bytes | None = b"43-A1", *, stays: bool = True) -> Change:
    return Change(ParkedEvent(70, 7, key, b"Li Bing", 1_000), stays, 3, 5_000)


@pytest.mark.parametrize("key", [b"43-A1", b"", None])
def test_a_record_is_the_same_event_again(key: bytes | None) -> None:
    record = RECORDS.record(change(key))
    assert record.value is not None
    assert RECORDS._change(record.key.decode(), record.value) == change(key)


def test_a_record_shows_neither_key_nor_body() -> None:
    record = RECORDS.record(change())
    assert b"43-A1" not in record.key + (record.value or b"")
    assert b"Li Bing" not in (record.value or b"")


def test_a_settled_event_deletes_its_record() -> None:
    gone = RECORDS.record(change(stays=False))
    assert (gone.key, gone.value) == (RECORDS.record(change()).key, None)


def test_a_record_does_not_open_as_another_events() -> None:
    value = RECORDS.record(change()).value or b""
    with pytest.raises(SealError):
        RECORDS._change("43|feed|demo.reading.v1|2|-|8", value)

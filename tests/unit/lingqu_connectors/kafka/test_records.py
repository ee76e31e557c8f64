"""A batch as records: frames, numbers, and what is too large."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lingqu.connect.samples import Lane, sample_batch
from lingqu.kafka.bulk import BATCH_BYTES
from lingqu_connectors.kafka.records import Records, oversize

LANE = Lane("partner-a", "trial.reading.v1")
FRAME = b"\x00\x00\x00\x01\x02"


def test_every_record_carries_the_targets_frame_and_its_number() -> None:
    batch = sample_batch(LANE, 9, 2)
    written: list[Any] = []
    Records(batch, "out", FRAME).write(
        lambda *args: written.append((*args[:-1], dict(args[-1]))), pytest.fail, pytest.fail
    )
    usual = (-1, None, None, 0)
    assert written == [
        ("out", FRAME + batch.payloads[0][5:], batch.keys[0], *usual, {"lq_seq": b"9"}),
        ("out", FRAME + batch.payloads[1][5:], batch.keys[1], *usual, {"lq_seq": b"10"}),
    ]


def test_a_record_that_finds_the_queue_full_goes_the_patient_way_in_its_turn() -> None:
    order: list[tuple[str, bytes]] = []

    def full_at_two(*args: Any) -> None:
        if args[-1]["lq_seq"] == b"2":
            raise BufferError
        order.append(("quick", args[-1]["lq_seq"]))

    def patient(*_args: Any, headers: list[tuple[str, bytes]]) -> None:
        order.append(("patient", headers[0][1]))

    Records(sample_batch(LANE, 1, 3), "out", FRAME).write(full_at_two, patient, pytest.fail)
    assert order == [("quick", b"1"), ("patient", b"2"), ("quick", b"3")]


def test_skipped_events_leave_the_numbers_of_the_others_alone() -> None:
    numbers: list[bytes] = []
    Records(sample_batch(LANE, 1, 4), "out", FRAME, {1, 2}).write(
        lambda *args: numbers.append(args[-1]["lq_seq"]), pytest.fail, pytest.fail
    )
    assert numbers == [b"1", b"4"]


def test_numbers_with_gaps_are_written_as_they_are() -> None:
    batch = replace(sample_batch(LANE, 1, 3), sequences=[1, 4, 1_000_000])
    numbers: list[bytes] = []
    Records(batch, "out", FRAME).write(
        lambda *args: numbers.append(args[-1]["lq_seq"]), pytest.fail, pytest.fail
    )
    assert numbers == [b"1", b"4", b"1000000"]


def test_what_was_queued_is_settled_before_there_is_more_than_fits_one_batch_of_librdkafka() -> (
    None
):
    """Its thread spins while another batch waits to be sent."""
    batch = replace(sample_batch(LANE, 1, 2_500), payloads=[b"\0" * 1_000] * 2_500)
    keys = [key for key in batch.keys if key is not None]
    queued, settled = [0], list[int]()

    def produce(_topic: str, value: bytes, key: bytes, *_others: Any) -> None:
        queued[0] += len(value) + len(key)

    def settle() -> None:
        settled.append(queued[0])
        queued[0] = 0

    Records(batch, "out", FRAME).write(produce, pytest.fail, settle)
    assert len(settled) == 2
    assert 800_000 < min(settled) <= max(settled) < BATCH_BYTES
    assert sum(settled) + queued[0] == sum(map(len, batch.payloads)) + sum(map(len, keys))


def test_size_is_judged_with_the_key_and_told_without_the_value() -> None:
    batch = sample_batch(LANE, 1, 3)
    keys: list[bytes | None] = [None, b"k" * 10, b"k" * 11]
    even = replace(batch, payloads=[b"x" * 90] * 3, keys=keys)
    found = oversize(even, 100)
    assert [(v.index, v.status) for v in found] == [(2, "rejected")]
    reason = found[0].reason
    assert reason is not None
    assert (reason.code, reason.detail) == (
        "too_large",
        "101 bytes; the partner's topic takes messages of 100",
    )


def test_an_empty_batch_has_nothing_too_large() -> None:
    assert oversize(sample_batch(LANE, 1, 0), 1) == []

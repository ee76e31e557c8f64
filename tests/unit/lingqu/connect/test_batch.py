"""Parts of a batch are batches of their own."""

from __future__ import annotations

import pytest

from lingqu.connect.batch import Batch
from lingqu.connect.binary import Binary
from lingqu.connect.samples import Lane, sample_batch

LANE = Lane("feed", "trial.reading.v1")


def shown(batch: Batch) -> list[tuple[object, ...]]:
    ids = batch.columns().column("event_id").to_pylist()
    places = (batch.offsets, batch.sequences, batch.keys, batch.payloads, ids)
    return list(zip(*places, strict=True))


@pytest.fixture(params=[list, Binary.of], ids=["lists", "arrow"])
def batch(request: pytest.FixtureRequest) -> Batch:
    made = sample_batch(LANE, 5, 8)
    kept = {"keys": request.param(made.keys), "payloads": request.param(made.payloads)}
    members = {name: getattr(made, name) for name in ("feed", "topic", "partition", "schema")}
    return Batch(
        **members, **kept, offsets=made.offsets, sequences=made.sequences, decode=made.decode
    )


def test_a_part_has_its_own_events_in_every_column(batch: Batch) -> None:
    assert shown(batch.part(2, 5)) == shown(batch)[2:5]
    assert batch.part(2, 5).first_sequence == 7


def test_chosen_events_keep_their_order(batch: Batch) -> None:
    assert shown(batch.at([0, 3, 7])) == [shown(batch)[place] for place in (0, 3, 7)]
    assert len(batch.at([])) == 0
    assert len(batch.at([]).columns()) == 0


def test_a_part_of_a_part_is_a_part(batch: Batch) -> None:
    assert shown(batch.part(1, 7).part(2, 4).at([1])) == [shown(batch)[4]]


def test_events_can_carry_other_numbers(batch: Batch) -> None:
    renumbered = batch.part(0, 2).numbered([40, 70])
    assert list(renumbered.sequences) == [40, 70]
    assert list(renumbered.offsets) == list(batch.offsets[:2])

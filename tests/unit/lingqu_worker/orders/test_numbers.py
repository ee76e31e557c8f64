"""Numbers found again: from letters, and by counting from marks under the terms of each epoch."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.agreements import agreement_state
from tests.support.builders import contract_folder, event
from tests.unit.lingqu_worker.test_feed import records, stage

from lingqu.agreements.state import AgreementState
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.errors import PermanentError
from lingqu_worker.feed import FeedStage
from lingqu_worker.marks import Mark
from lingqu_worker.orders.numbers import CountedNumbers, LetterNumbers, Wanted
from lingqu_worker.orders.range_reader import from_offset, ranges_of
from lingqu_worker.orders.stage import OrderStage
from lingqu_worker.records import Records

ALL_OF_IT = Wanted(0, None, None)


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return load_catalogue(contract_folder(tmp_path)).contract("demo.reading")


@pytest.fixture
def read(contract: Contract) -> Records:
    """Return records at offsets 100 to 107, of the values 0 to 7; the one at 103 is garbage."""
    made = [event(value=float(n)) for n in range(8)]
    return records(contract, *made[:3], b"garbage", *made[4:])


def mark(contract: Contract, offset: int, sequence: int, epoch: int, only: str) -> Mark:
    state = agreement_state(contract, filter=only)
    return Mark(offset, sequence, epoch, state.encode().decode())


def counting(contract: Contract, marks: list[Mark], wanted: Wanted = ALL_OF_IT) -> CountedNumbers:
    def stage_of(state: AgreementState) -> FeedStage:
        return stage(contract, filter=state.filter)

    return CountedNumbers(marks, wanted, stage_of)


def test_what_was_filtered_then_has_no_number_and_what_cannot_be_read_has_one(
    contract: Contract, read: Records
) -> None:
    numbers = counting(contract, [mark(contract, 100, 5, 1, "value >= 2.0")])
    found = numbers.of(read, 5)
    assert [read.offsets[place] for place in found.places] == [102, 103, 104, 105, 106, 107]
    assert (found.sequences, found.next_sequence) == ([5, 6, 7, 8, 9, 10], 11)


def test_each_epoch_counts_under_its_own_terms(contract: Contract, read: Records) -> None:
    marks = [mark(contract, 100, 1, 1, "value < 1.0"), mark(contract, 105, 3, 2, "value > 5.0")]
    found = counting(contract, marks).of(read, 1)
    assert [read.offsets[place] for place in found.places] == [100, 103, 106, 107]
    assert found.sequences == [1, 2, 3, 4]


def test_a_count_that_misses_the_next_mark_stops(contract: Contract, read: Records) -> None:
    marks = [mark(contract, 100, 1, 1, "value < 1.0"), mark(contract, 105, 9, 2, "value > 5.0")]
    with pytest.raises(PermanentError, match=r"offset 105: counting comes to number 3, .* was 9"):
        counting(contract, marks).of(read, 1)


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(104, None, None), [5, 6, 7, 8]),
        (Wanted(0, 3, 4), [3, 4]),
        (Wanted(106, 1, 7), [7]),
        (Wanted(0, 20, None), []),
    ],
)
def test_only_what_is_wanted_is_chosen_and_all_is_counted(
    contract: Contract, read: Records, wanted: Wanted, numbers: list[int]
) -> None:
    marks = [mark(contract, 100, 1, 1, "value >= 0.0")]
    found = counting(contract, marks, wanted).of(read, 1)
    assert (found.sequences, found.next_sequence) == (numbers, 9)


def test_todays_view_decides_what_of_it_goes_out(contract: Contract, read: Records) -> None:
    today = stage(contract, filter="value < 6.0")
    numbers = LetterNumbers({101: 41, 103: 43, 107: 47})
    chosen = OrderStage(today, "to-44.r1", numbers, keeps_dead=True).apply(read, 1)
    assert (chosen.batch.feed, list(chosen.batch.offsets)) == ("to-44.r1", [101])
    assert list(chosen.batch.sequences) == [41]
    assert [(dead.index, dead.sequence) for dead in chosen.dead] == [(3, 43)]
    assert chosen.counts(100, 108) == (1, 1, 1)
    assert chosen.counts(102, 105) == (0, 0, 1)


def test_an_order_that_means_nothing_here_sends_nothing(contract: Contract, read: Records) -> None:
    chosen = OrderStage.of_nothing(stage(contract)).apply(read, 1)
    assert (len(chosen.batch), chosen.dead, chosen.counts(0, 1_000)) == (0, [], (0, 0, 0))


def test_offsets_near_each_other_are_read_in_one_go() -> None:
    ranges = ranges_of([3, 10, 9_000, 9_001])
    assert ranges == [(3, 11), (9_000, 9_002)]
    assert from_offset(ranges, 9_001) == [(9_001, 9_002)]
    assert from_offset(ranges, 5) == [(5, 11), (9_000, 9_002)]

"""What holds of assessments whatever the readings are."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.lingqu_water.assessments.given import assess, items, reading, rule

from lingqu_water.judgement.water_class import RANKS
from lingqu_water.readings.follow import StoredReading

FEW = rule(a_day=1, share=0.1)
FIGURES = st.integers(0, 3000).map(lambda figure: figure / 100)
VALUES = st.fixed_dictionaries(
    {key: st.none() | FIGURES for key in ("codmn", "nh3n", "tp", "do", "tn")}
)


@st.composite
def months(draw: st.DrawFn) -> Sequence[StoredReading]:
    readings = draw(st.lists(st.tuples(VALUES, st.sampled_from(["final", "raw"])), max_size=25))
    return [
        reading(place, items=items(values), data_level=level)
        for place, (values, level) in enumerate(readings)
    ]


@given(months(), st.randoms())
def test_the_order_of_arrival_does_not_matter(
    readings: Sequence[StoredReading], chance: random.Random
) -> None:
    shuffled = chance.sample(readings, len(readings))
    assert assess(shuffled, FEW) == assess(readings, FEW)


@given(months(), VALUES)
def test_what_is_not_final_changes_nothing(
    readings: Sequence[StoredReading], values: dict[str, float | None]
) -> None:
    raw = reading(170, items=items(values), data_level="raw")
    assert assess([*readings, raw], FEW) == assess(readings, FEW)


@given(months(), st.data())
def test_worse_water_never_gives_a_better_month(
    readings: Sequence[StoredReading], data: st.DataObject
) -> None:
    by = data.draw(FIGURES)
    before = assess(readings, FEW).water_class
    after = assess([_fouled(each, by) for each in readings], FEW).water_class
    assert (before is None) == (after is None)
    if before and after:
        assert RANKS[after] >= RANKS[before]


def _fouled(one: StoredReading, by: float) -> StoredReading:
    """Return the reading with every value worse: less oxygen, more of all else."""
    return one._replace(
        items=tuple(
            each
            if each.value is None
            else each._replace(
                value=max(0.0, each.value - by) if each.code == "w01009" else each.value + by,
            )
            for each in one.items
        ),
    )

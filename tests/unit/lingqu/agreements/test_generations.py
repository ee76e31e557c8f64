"""Where the keys of an added partition were: found by murmur2 as producers use it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2

from lingqu.agreements.generations import Before, before

_FIRST = (100, 200, 300)
_SECOND = (110, 210, 310, 0, 50, 60)


@pytest.mark.parametrize(
    ("partition", "was"),
    [
        (0, None),
        (2, None),
        (3, Before(0, 100)),
        (5, Before(2, 300)),
        (6, Before(0, 110)),
        (9, Before(3, 0)),
        (11, Before(5, 60)),
    ],
)
def test_an_added_partition_waits_for_one_of_the_generation_before(
    partition: int, was: Before | None
) -> None:
    assert before([_FIRST, _SECOND], partition) == was


def test_nothing_is_waited_for_in_a_topic_that_never_grew() -> None:
    assert before((), 5) is None


@given(st.binary(min_size=1), st.integers(1, 12), st.integers(2, 6))
def test_each_key_of_an_added_partition_was_where_it_waits_for(
    key: bytes, first: int, times: int
) -> None:
    number = murmur2(key) & 0x7FFFFFFF
    now, then = number % (first * times), number % first
    was = before([(7,) * first], now)
    assert now == then if was is None else was.partition == then

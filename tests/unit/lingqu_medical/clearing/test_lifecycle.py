from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu_medical.clearing.lifecycle import (
    MOVES,
    IllegalStepError,
    Stands,
    Step,
    check_step,
    stands,
)

CHAIN = [
    "generated",
    "confirmed_by_treatment",
    "confirmed_by_insured",
    "funds_requested",
    "paid",
    "closed",
]


def told(*states: str, version: int = 1) -> list[Step]:
    first = f"g{version}"
    return [
        Step(
            first if state == "generated" else f"{state}{version}",
            version,
            state,
            None if state == "generated" else first,
        )
        for state in states
    ]


@pytest.mark.parametrize("far", range(1, 7))
def test_a_statement_is_as_far_as_was_said_in_whatever_order(far: int) -> None:
    said = told(*CHAIN[:far])
    found = {stands(order) for order in permutations(said)}
    assert found == {Stands("g1", 1, CHAIN[far - 1])}


def test_nothing_stands_before_it_was_generated() -> None:
    assert stands([]) is None
    assert stands(told("generated", "confirmed_by_treatment")[1:]) is None


def test_a_returned_statement_is_open_until_the_next_version() -> None:
    said = told("generated", "confirmed_by_treatment", "returned")
    assert stands(said) == Stands("g1", 1, "returned")
    again = told("generated", "confirmed_by_treatment", version=2)
    assert {stands(order) for order in permutations(said + again)} == {
        Stands("g2", 2, "confirmed_by_treatment")
    }


@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=8))
def test_only_legal_steps_are_taken_and_the_refusal_names_the_legal_ones(
    wanted: list[str],
) -> None:
    state = "generated"
    for each in wanted:
        if each in MOVES[state]:
            check_step("44→43 310 2026-10", state, each)
            state = each
        else:
            with pytest.raises(IllegalStepError) as refused:
                check_step("44→43 310 2026-10", state, each)
            assert all(way in str(refused.value) for way in MOVES[state])


def test_a_closed_period_is_immutable() -> None:
    with pytest.raises(IllegalStepError, match="a closed period is immutable"):
        check_step("44→43 310 2026-10", "closed", "returned")

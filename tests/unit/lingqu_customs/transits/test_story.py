"""A transit is one story: how far each leg has come, what is overdue, and what does not fit."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lingqu_customs.transits.story import legs_of

HOUR = 3_600_000


def told(step: str, at: int, **more: Any) -> dict[str, Any]:
    leg = {"leg": 1, "from_office": "4900", "to_office": "5316", "due_at": None, "mode": "live"}
    return {**leg, "step": step, "event_at": at, **more}


DEPARTED = told("departed", 10, due_at=10 + HOUR)


def test_a_leg_goes_as_far_as_anybody_told() -> None:
    (leg,) = legs_of([told("arrived", 30), DEPARTED, told("declared", 1)], 10 * HOUR)

    assert (leg.state, leg.overdue, leg.anomalies) == ("arrived", False, ())
    assert [each["step"] for each in leg.steps] == ["declared", "departed", "arrived"]


def test_a_leg_is_overdue_once_its_time_has_passed() -> None:
    assert not legs_of([DEPARTED], 10 + HOUR)[0].overdue
    assert legs_of([DEPARTED], 11 + HOUR)[0].overdue
    assert not legs_of([DEPARTED | {"mode": "backfill"}], 11 + HOUR)[0].overdue
    assert not legs_of([DEPARTED, told("cancelled", 20)], 11 + HOUR)[0].overdue
    assert not legs_of([DEPARTED, told("written_off", 20)], 11 + HOUR)[0].overdue


def test_legs_are_told_apart() -> None:
    second = told("departed", 40, leg=2, from_office="5316", to_office="5165", due_at=50)
    first, other = legs_of([second, DEPARTED, told("arrived", 30)], 100)

    assert (first.number, first.state, first.overdue) == (1, "arrived", False)
    assert (other.number, other.state, other.overdue) == (2, "departed", True)


def test_what_does_not_fit_is_said() -> None:
    (unseen,) = legs_of([told("arrived", 30, seals_intact=False)], 100)
    (early,) = legs_of([DEPARTED, told("arrived", 5, to_office="5165")], 100)
    (forgotten,) = legs_of([told("written_off", 30)], 100)

    assert unseen.anomalies == (
        "it arrived, but nobody told of its departure",
        "its seals were broken on arrival",
    )
    assert early.anomalies == (
        "it arrived before it departed",
        "it arrived at 5165 instead of 5316",
    )
    assert forgotten.anomalies == ("it was written off, but nobody told of its arrival",)


@given(st.integers(), st.sets(st.sampled_from(["declared", "released", "arrived", "written_off"])))
def test_the_order_of_telling_makes_no_difference(seed: int, steps: set[str]) -> None:
    facts = [DEPARTED, *(told(step, at) for at, step in enumerate(sorted(steps), 20))]
    shuffled = random.Random(seed).sample(facts, len(facts))

    assert legs_of(shuffled, 5) == legs_of(facts, 5)

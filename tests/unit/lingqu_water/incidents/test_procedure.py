from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu_water.incidents.procedure import CONSULTATION, DISPUTE, PROCEDURES, Procedure, Taken

STEPS = [
    Taken("a", 1, "raised", "43", 0),
    Taken("b", 2, "answered", "44", 10),
    Taken("c", 3, "settled", "43", 20),
]


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda each: each.name)
def test_every_move_leads_to_a_state_there_is(procedure: Procedure) -> None:
    reached = {move.to for moves in procedure.states.values() for move in moves.values()}
    assert reached | {procedure.opening} == set(procedure.states)


@pytest.mark.parametrize(
    ("state", "side", "possible"),
    [
        ("raised", "opener", ("settled", "escalated", "withdrawn")),
        ("raised", "other", ("answered", "settled", "escalated")),
        ("escalated", "other", ("answered", "settled")),
        ("settled", "opener", ()),
        ("raised", None, ()),
    ],
)
def test_in_a_dispute_each_side_has_steps_of_its_own(
    state: str, side: str | None, possible: tuple[str, ...]
) -> None:
    assert DISPUTE.legal(state, side) == possible  # type: ignore[arg-type]


def test_only_the_invited_answer_and_only_the_caller_holds() -> None:
    assert CONSULTATION.legal("called", "other") == ("agreed", "declined")
    assert CONSULTATION.legal("agreed", "opener") == ("rescheduled", "held", "cancelled")
    assert CONSULTATION.legal("held", "opener") == ()


@given(st.permutations(STEPS))
def test_the_order_in_which_steps_come_makes_no_difference(steps: list[Taken]) -> None:
    course = DISPUTE.course(steps, "43", ["44"])
    assert (course.state, course.anomalies) == ("settled", frozenset())


@pytest.mark.parametrize(
    "stray",
    [
        Taken("x", 4, "answered", "44", 30),
        Taken("x", 2, "withdrawn", "44", 5),
        Taken("x", 2, "settled", "45", 5),
        Taken("x", 1, "raised", "44", 5),
    ],
)
def test_a_step_that_its_moment_did_not_allow_is_kept_as_an_anomaly(stray: Taken) -> None:
    course = DISPUTE.course([*STEPS, stray], "43", ["44"])
    assert (course.state, course.anomalies) == ("settled", frozenset("x"))

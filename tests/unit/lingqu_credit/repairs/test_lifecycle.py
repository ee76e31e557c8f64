from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu_credit.procedure import IllegalActError
from lingqu_credit.repairs.lifecycle import ACTS, Step, course

APPLIED = Step("1", "applied", 1, "43", 100)
ACCEPTED = Step("2", "accepted", 2, "43", 200, "1")
GRANTED = Step("3", "granted", 3, "43", 300, "2", ("44", "52"), 1_000)
FROM_44 = Step("4", "stop_use", 3, "44", 400, "3")
FROM_52 = Step("5", "stop_use", 3, "52", 500, "3")
STORY = (APPLIED, ACCEPTED, GRANTED, FROM_44, FROM_52)


def test_who_has_not_answered_by_the_deadline_is_named() -> None:
    at = course([APPLIED, ACCEPTED, GRANTED, FROM_44], 1_001)
    assert (at.state, at.answered, at.unanswered) == ("propagating", 1, ("52",))
    assert [each.region for each in at.answers if each.overdue] == ["52"]
    assert not any(each.overdue for each in course([GRANTED], 1_000).answers)


def test_steps_in_any_order_end_the_same() -> None:
    assert {course(order, 9_999).state for order in permutations(STORY)} == {"closed"}


@given(st.sets(st.sampled_from(STORY)))
def test_it_is_closed_exactly_when_every_recipient_has_answered(
    known: set[Step],
) -> None:
    at = course(known, 0)
    assert (at.state == "closed") == ({GRANTED, FROM_44, FROM_52} <= known)
    assert (at.state == "propagating") == (GRANTED in known and at.state != "closed")


def test_a_stop_use_of_something_else_counts_for_nothing() -> None:
    stray = Step("6", "stop_use", 3, "52", 500, "another")
    assert course([GRANTED, FROM_44, stray], 0).unanswered == ("52",)


def test_a_grant_without_recipients_is_closed_at_once() -> None:
    assert course([Step("3", "granted", 3, "43", 300)], 0).state == "closed"


@pytest.mark.parametrize(
    ("state", "act"), [("applied", "granted"), ("refused", "accepted"), ("closed", "granted")]
)
def test_illegal_acts_are_refused_with_the_legal_ones_named(state: str, act: str) -> None:
    with pytest.raises(IllegalActError) as refused:
        ACTS.check("43-XF-1", state, act)
    for way in ACTS.possible(state):
        assert way in str(refused.value)

from __future__ import annotations

from itertools import permutations

import pytest

from lingqu.errors import ConflictError
from lingqu_credit.objections.lifecycle import ACTS, Step, course

RAISED = Step("1", "raised", 1, "44", 100)
ACCEPTED = Step("2", "accepted", 2, "43", 200, "1")
DECIDED = Step("3", "decided", 3, "43", 300, "2", "corrected", ("44", "52"))
TAKEN = Step("4", "taken", 3, "44", 400, "3")


def test_steps_in_any_order_end_the_same() -> None:
    found = {course(order) for order in permutations((RAISED, ACCEPTED, DECIDED, TAKEN))}
    (at,) = found
    assert (at.state, at.untaken) == ("corrected", ("52",))


@pytest.mark.parametrize("decision", ["not_wrong", "cannot_verify"])
def test_only_a_correction_waits_to_be_taken(decision: str) -> None:
    decided = Step("3", "decided", 3, "43", 300, "2", decision, ("44",))
    at = course([RAISED, decided])
    assert (at.state, at.untaken) == (decision, ())


@pytest.mark.parametrize(
    ("state", "act"), [("raised", "decided"), ("corrected", "withdrawn"), ("withdrawn", "accepted")]
)
def test_illegal_acts_are_refused(state: str, act: str) -> None:
    with pytest.raises(ConflictError, match="cannot be"):
        ACTS.check("44-YY-1", state, act)

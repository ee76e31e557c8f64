from __future__ import annotations

from typing import Any

import pytest
from tests.unit.lingqu_medical.given import at, settlement

from lingqu.errors import Reason
from lingqu_medical.identities.profile import load_balance
from lingqu_medical.reversals.lifecycle import NEGATED, IllegalReversalError, check_move
from lingqu_medical.reversals.prepare import Original, new_reversal, restated, taken_back
from lingqu_medical.settlements.stamp import stamped

SETTLED = stamped(settlement(), None, set(), load_balance())


def cancel(**changed: Any) -> dict[str, Any]:
    given = {"reversal_id": "R1", "kind": "cancel", "infno": "2305", "setl_id": "S1"}
    return {**given, "reversed_at": at("2026-10-05T10:00:00"), **changed}


def rectify(**changed: Any) -> dict[str, Any]:
    return cancel(
        kind="rectify",
        infno="2601",
        setl_id=None,
        original_msgid="M1",
        original_infno="2304",
        **changed,
    )


def test_a_cancellation_is_proved_at_once_and_negates_every_amount() -> None:
    reversal = new_reversal(cancel(), Original(SETTLED, None, set()), "43")
    assert not isinstance(reversal, Reason)
    assert reversal["state"] == "proved"
    assert {name: -reversal[name] for name in NEGATED} == {name: SETTLED[name] for name in NEGATED}


def test_a_later_cancellation_enters_the_period_in_which_it_happens() -> None:
    reversal = new_reversal(cancel(), Original(SETTLED, None, set()), "43")
    assert not isinstance(reversal, Reason)
    assert (reversal["period"], reversal["original_period"]) == ("2026-10", "2026-09")
    early = cancel(reversed_at=at("2026-09-30T23:59:59"))
    same = new_reversal(early, Original(SETTLED, None, set()), "43")
    assert not isinstance(same, Reason)
    assert (same["period"], same["original_period"]) == ("2026-09", None)


def test_a_period_that_was_stated_is_left_alone() -> None:
    original = Original(SETTLED, None, {"2026-10", "2026-11"})
    assert taken_back(original, at("2026-10-05T10:00:00"))["period"] == "2026-12"


@pytest.mark.parametrize(
    ("given", "original", "region", "field"),
    [
        (cancel(), Original(None, None, set()), "43", "setl_id"),
        (cancel(), Original(SETTLED, "R0", set()), "43", "setl_id"),
        (
            cancel(reversed_at=SETTLED["setl_time"] - 1),
            Original(SETTLED, None, set()),
            "43",
            "reversed_at",
        ),
        (rectify(), Original(None, None, set()), "43", "insured_region"),
    ],
)
def test_what_cannot_be_reversed_is_refused_by_its_field(
    given: dict[str, Any], original: Original, region: str, field: str
) -> None:
    refused = new_reversal(given, original, region)
    assert isinstance(refused, Reason)
    assert refused.field == field


def test_a_rectification_takes_nothing_back_before_it_is_proved() -> None:
    waiting = new_reversal(rectify(), Original(SETTLED, None, set()), "43")
    assert not isinstance(waiting, Reason)
    assert waiting["state"] == "pending_reconciliation"
    assert (waiting["setl_id"], waiting["period"]) == ("S1", None)
    assert not any(waiting[name] for name in NEGATED)


def test_a_rectification_of_a_call_that_settled_nothing_needs_the_place_only() -> None:
    waiting = new_reversal(rectify(insured_region="44"), Original(None, None, set()), "43")
    assert not isinstance(waiting, Reason)
    assert (waiting["setl_id"], waiting["insured_region"]) == (None, "44")
    assert taken_back(Original(None, None, set()), at("2026-10-05T10:00:00")) == {}


def test_what_was_cancelled_is_not_taken_back_again_by_a_proof() -> None:
    assert taken_back(Original(SETTLED, "R0", set()), at("2026-10-05T10:00:00")) == {}


def test_a_reversal_stated_again_is_the_same_but_for_its_reason() -> None:
    stands = new_reversal(cancel(), Original(SETTLED, None, set()), "43")
    assert not isinstance(stands, Reason)
    assert restated(cancel(), stands) == stands
    again = restated(cancel(reason="录入有误"), stands)
    assert not isinstance(again, Reason)
    assert again == stands | {"reason": "录入有误"}
    assert isinstance(restated(cancel(setl_id="S2"), stands), Reason)


def test_what_has_ended_goes_nowhere() -> None:
    check_move("R1", "pending_reconciliation", "disproved")
    with pytest.raises(IllegalReversalError, match="possible: none: it has ended"):
        check_move("R1", "disproved", "proved")
    with pytest.raises(IllegalReversalError, match="possible: proved, disproved"):
        check_move("R1", "pending_reconciliation", "requested")

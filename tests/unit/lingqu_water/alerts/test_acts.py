from __future__ import annotations

import pytest

from lingqu_water.alerts.acts import MOVES, Act, ActName, Handling, IllegalActError, handling


def act(name: ActName, rank: int = 0, note: str | None = None) -> Act:
    return Act(name, rank, 0, 0, "甲", note)


@pytest.mark.parametrize(
    ("names", "status", "judgement"),
    [
        ([], "open", "undecided"),
        (["acknowledge"], "acknowledged", "undecided"),
        (["acknowledge", "verify"], "verified", "verified"),
        (["acknowledge", "false_alarm"], "false_alarm", "false_alarm"),
        (["acknowledge", "false_alarm", "verify"], "verified", "verified"),
        (["acknowledge", "verify", "clear"], "cleared", "verified"),
        (["verify"], "open", "undecided"),
        (["acknowledge", "clear"], "acknowledged", "undecided"),
    ],
)
def test_acts_lead_from_open_to_cleared_and_others_change_nothing(
    names: list[ActName], status: str, judgement: str
) -> None:
    done = handling(map(act, names), 0)
    assert (done.status, done.judgement) == (status, judgement)


def test_a_level_that_people_did_not_know_of_opens_the_alert_anew() -> None:
    acts = [act("acknowledge", rank=1), act("verify", rank=1)]
    assert handling(acts, 1).status == "verified"
    assert handling(acts, 2).status == "open"
    assert handling([*acts, act("acknowledge", rank=2)], 2).status == "acknowledged"


def test_what_is_over_is_cleared_but_may_still_be_judged() -> None:
    done = handling([act("acknowledge")], 0)
    assert done.state(over=True) == "cleared"
    assert done.legal(over=True) == ("verify", "false_alarm")
    assert handling([act("acknowledge"), act("verify")], 0).legal(over=True) == ("false_alarm",)


def test_the_last_note_is_kept() -> None:
    done = handling([act("acknowledge", note="已派人"), act("verify")], 0)
    assert done.note == "已派人"


def test_an_illegal_act_names_what_is_possible() -> None:
    message = str(IllegalActError("a1", "open", "verify", MOVES["open"]))
    assert message == "alert a1 is open, so 'verify' is not possible; possible is: acknowledge"


def test_nothing_is_possible_once_people_have_cleared_it() -> None:
    assert Handling("cleared").legal(over=False) == ()

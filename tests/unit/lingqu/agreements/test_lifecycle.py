"""The table of states and moves."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest

from lingqu.agreements.lifecycle import (
    ENDED,
    MOVES,
    NEEDS_REASON,
    NEXT_STEP,
    TO_ACTIVE,
    check_move,
)
from lingqu.agreements.state import StateName
from lingqu.errors import ConflictError, InputError


def test_the_table_knows_every_state() -> None:
    assert set(MOVES) == set(NEXT_STEP) == set(get_args(StateName))


def test_the_way_to_active_is_legal_step_by_step() -> None:
    for now, to in pairwise(("draft", *TO_ACTIVE)):
        check_move("a", now, to, None)


@pytest.mark.parametrize("final", sorted(ENDED | {"refused", "withdrawn"}))
def test_a_final_state_has_no_way_out(final: StateName) -> None:
    with pytest.raises(ConflictError, match="it can become nothing any more"):
        check_move("a", final, "active", None)


def test_an_illegal_move_names_the_legal_ones() -> None:
    with pytest.raises(ConflictError, match=r"is draft and .*become submitted, with"):
        check_move("a", "draft", "active", None)


def test_before_active_nothing_can_be_suspended() -> None:
    for state in ("draft", *TO_ACTIVE[:-1], "returned"):
        assert "suspended" not in MOVES[state]


@pytest.mark.parametrize("to", sorted(NEEDS_REASON))
@pytest.mark.parametrize("reason", [None, "", "  "])
def test_ending_and_refusing_need_a_reason(to: StateName, reason: str | None) -> None:
    now: StateName = "active" if to == "revoked" else "submitted"
    with pytest.raises(InputError, match="needs a reason"):
        check_move("a", now, to, reason)

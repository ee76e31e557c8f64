"""What people may do depends on the state; what they may not is refused with what they may."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu_customs.lifecycle.commands import (
    COMMANDS,
    RECEIPTS,
    IllegalCommandError,
    legal_commands,
    open_application,
)
from lingqu_customs.lifecycle.fold import Application, Standing
from lingqu_customs.lifecycle.state import ENDED, MAIN_LINE, MOVES, STATES

APPLIED = {"A1": Application("withdrawal", "applied")}


def test_eleven_states_on_the_main_line_and_six_branches() -> None:
    assert (len(MAIN_LINE), len(STATES) - len(MAIN_LINE)) == (11, 6)


def test_the_main_line_only_leads_forward() -> None:
    for rank, state in enumerate(MAIN_LINE):
        assert MOVES[state].isdisjoint(MAIN_LINE[: rank + 1])


@pytest.mark.parametrize(
    ("state", "legal"),
    [
        ("draft", ("submit", "discard")),
        ("submitted", ()),
        ("received", ("apply_modification", "apply_withdrawal")),
        ("tax_due", ("pay_tax", "apply_modification", "apply_withdrawal")),
        ("cleared", ("apply_modification", "apply_withdrawal")),
        ("rejected", ("submit",)),
        ("returned_for_edit", ("submit",)),
        ("deleted", ()),
        ("withdrawn", ()),
    ],
)
def test_what_is_legal(state: str, legal: tuple[str, ...]) -> None:
    assert legal_commands(Standing(state)) == legal  # type: ignore[arg-type]


@given(st.sampled_from(STATES), st.sampled_from(COMMANDS))
def test_nothing_is_legal_that_leads_nowhere(state: str, command: str) -> None:
    standing = Standing(state)  # type: ignore[arg-type]
    if command in RECEIPTS and command in legal_commands(standing):
        target = {"submit": "submitted", "pay_tax": "tax_paid", "discard": "deleted"}[command]
        assert target in MOVES[state]  # type: ignore[index]
    if state in ENDED:
        assert legal_commands(standing) == ()


def test_one_application_at_a_time() -> None:
    standing = Standing("cleared", applications=APPLIED)

    assert legal_commands(standing) == ("cancel_application",)
    assert open_application(standing) == "A1"


def test_a_refusal_names_what_is_possible() -> None:
    error = IllegalCommandError("E1", Standing("tax_due"), "submit")

    assert str(error) == (
        "declaration E1 is tax_due 待缴税, so submit is not possible; possible is: pay_tax, "
        "apply_modification, apply_withdrawal"
    )
    assert error.legal == ("pay_tax", "apply_modification", "apply_withdrawal")

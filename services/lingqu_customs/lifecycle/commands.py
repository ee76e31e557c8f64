"""What people may do with a declaration through this hub; customs' receipts ask nobody."""

from __future__ import annotations

from typing import Literal, get_args

from lingqu.errors import ConflictError
from lingqu_customs.lifecycle.fold import Standing
from lingqu_customs.lifecycle.state import MOVES, NAMES, RANK

Command = Literal[
    "submit", "pay_tax", "discard", "apply_modification", "apply_withdrawal", "cancel_application"
]
COMMANDS: tuple[Command, ...] = get_args(Command)
RECEIPTS: frozenset[Command] = frozenset({"submit", "pay_tax", "discard"})

_OPEN = ("applied", "accepted")


class IllegalCommandError(ConflictError):
    """The declaration is not in a state in which that can be done."""

    def __init__(self, declaration_no: str, standing: Standing, command: str) -> None:
        self.legal = legal_commands(standing)
        allowed = ", ".join(self.legal) or "nothing"
        super().__init__(
            f"declaration {declaration_no} is {standing.state} {NAMES[standing.state]}, so "
            f"{command} is not possible; possible is: {allowed}"
        )


def legal_commands(standing: Standing) -> tuple[Command, ...]:
    """Return what people may do now, in a fixed order."""
    state = standing.state
    received = RANK["received"] <= RANK[state] <= RANK["cleared"] or state == "re_audit"
    waiting = any(each.step in _OPEN for each in standing.applications.values())
    allowed = {
        "submit": "submitted" in MOVES[state],
        "pay_tax": state == "tax_due",
        "discard": state == "draft",
        "apply_modification": received and not waiting,
        "apply_withdrawal": received and not waiting,
        "cancel_application": waiting,
    }
    return tuple(command for command in COMMANDS if allowed[command])


def open_application(standing: Standing) -> str | None:
    """Return the number of the application that waits for an answer."""
    waiting = (no for no, each in standing.applications.items() if each.step in _OPEN)
    return next(waiting, None)

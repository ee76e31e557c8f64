"""The states of an agreement and the moves between them, as a table."""

from __future__ import annotations

from collections.abc import Mapping

from lingqu.agreements.state import StateName
from lingqu.errors import ConflictError, InputError

_BEFORE_ACTIVE: tuple[StateName, ...] = ("returned", "refused", "withdrawn")

MOVES: Mapping[StateName, tuple[StateName, ...]] = {
    "draft": ("submitted", "withdrawn"),
    "submitted": ("reviewed", *_BEFORE_ACTIVE),
    "reviewed": ("accepted", *_BEFORE_ACTIVE),
    "accepted": ("answered", *_BEFORE_ACTIVE),
    "answered": ("countersigned", *_BEFORE_ACTIVE),
    "countersigned": ("active", *_BEFORE_ACTIVE),
    "active": ("suspended", "expired", "revoked"),
    "suspended": ("active", "expired", "revoked"),
    "returned": ("draft", "withdrawn"),
    "refused": (),
    "withdrawn": (),
    "expired": (),
    "revoked": (),
}

TO_ACTIVE: tuple[StateName, ...] = (
    "submitted",
    "reviewed",
    "accepted",
    "answered",
    "countersigned",
    "active",
)

NEEDS_REASON: frozenset[StateName] = frozenset({"returned", "refused", "revoked"})
EDITABLE: frozenset[StateName] = frozenset({"draft", "returned"})
IN_FORCE: frozenset[StateName] = frozenset({"active", "suspended"})
ENDED: frozenset[StateName] = frozenset({"expired", "revoked"})

NEXT_STEP: Mapping[StateName, str] = {
    "draft": "the recipient submits it to its data authority",
    "submitted": "the recipient's data authority reviews whether it is lawful",
    "reviewed": "the provider's data authority accepts it",
    "accepted": "the providing department answers and signs",
    "answered": "the recipient countersigns",
    "countersigned": "control activates it on the first day of its term",
    "active": "nothing; data flows until its term ends",
    "suspended": "resume it, or end it with a reason",
    "returned": "correct it and apply it again",
    "refused": "nothing; write a new version or another agreement",
    "withdrawn": "nothing; write a new version or another agreement",
    "expired": "nothing; write another agreement",
    "revoked": "nothing; write another agreement",
}


def check_move(agreement: str, now: StateName, to: StateName, reason: str | None) -> None:
    """Raise ConflictError for a move the table does not hold, InputError for a missing reason."""
    if to not in MOVES[now]:
        legal = ", ".join(MOVES[now]) or "nothing any more"
        raise ConflictError(
            f"agreement {agreement!r} is {now} and cannot become {to}; it can become {legal}"
        )
    if to in NEEDS_REASON and not (reason or "").strip():
        raise InputError(f"agreement {agreement!r}: to be {to} needs a reason; say why")

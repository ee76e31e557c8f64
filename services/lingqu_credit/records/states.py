"""The states of a record, and which may follow which."""

from __future__ import annotations

from typing import Final, Literal

from lingqu.errors import ConflictError

RecordState = Literal[
    "effective", "disputed", "suspended", "changed", "revoked", "expired", "repaired"
]

ENDED: Final[frozenset[str]] = frozenset({"revoked", "expired", "repaired"})
# A measure is used while its record stands; one that is suspended (停止执行) is not.
IN_FORCE: Final[frozenset[str]] = frozenset({"effective", "disputed", "changed"})

_REASONS: Final[dict[str, frozenset[str]]] = {
    "revoked": frozenset({"revoked", "listed_in_error", "performed"}),
    "expired": frozenset({"expired"}),
}
LIVE: Final = ("effective", "disputed", "suspended", "changed")
_AFTER: Final[dict[str, frozenset[str]]] = {
    each: frozenset({*LIVE, "revoked", "expired"}) - {each} for each in LIVE
}


class IllegalMoveError(ConflictError):
    """A record cannot go from its state into the one that was asked for."""

    def __init__(self, before: str, after: str) -> None:
        ways = ", ".join(legal_moves(before)) or "none: it has ended"
        super().__init__(f"a record that is {before} cannot become {after}; possible: {ways}")


def legal_moves(before: str) -> tuple[str, ...]:
    """Return the states that people may set next; `repaired` comes by a repair alone."""
    return tuple(sorted(_AFTER.get(before, ())))


def check_move(before: str, after: str, end_reason: str | None) -> None:
    """Raise IllegalMoveError, or ConflictError where the reason does not fit the end."""
    if after not in legal_moves(before):
        raise IllegalMoveError(before, after)
    allowed = _REASONS.get(after, frozenset())
    if after in ENDED and end_reason not in allowed:
        raise ConflictError(f"{after} needs an end_reason: {', '.join(sorted(allowed))}")
    if after not in ENDED and end_reason is not None:
        raise ConflictError(f"{after} ends nothing; leave end_reason out")

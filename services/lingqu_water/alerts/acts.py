"""What people do about an alert, and what state that leaves it in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, cast

from lingqu.errors import ConflictError

ActName = Literal["acknowledge", "verify", "false_alarm", "clear"]
Status = Literal["open", "acknowledged", "verified", "false_alarm", "cleared"]
Judgement = Literal["undecided", "verified", "false_alarm"]

STATES: tuple[Status, ...] = ("open", "acknowledged", "verified", "false_alarm", "cleared")

# What may be done in a state, and the state it leads to.
MOVES: Mapping[Status, Mapping[ActName, Status]] = MappingProxyType(
    {
        "open": {"acknowledge": "acknowledged"},
        "acknowledged": {"verify": "verified", "false_alarm": "false_alarm"},
        "verified": {"false_alarm": "false_alarm", "clear": "cleared"},
        "false_alarm": {"verify": "verified", "clear": "cleared"},
        "cleared": {},
    }
)


class IllegalActError(ConflictError):
    """An alert is not in a state in which that can be done."""

    def __init__(self, alert_id: str, state: str, act: str, legal: Iterable[str]) -> None:
        allowed = ", ".join(legal) or "nothing"
        super().__init__(
            f"alert {alert_id} is {state}, so {act!r} is not possible; possible is: {allowed}"
        )


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a person. It covers the alert up to the level that it had then.

    `anchor_ms` is when the alert started, as it was known then: the act belongs to whichever
    alert covers that moment, also when corrected readings move its start.
    """

    name: ActName
    rank: int
    anchor_ms: int
    at_ms: int
    who: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Handling:
    """What people have made of an alert; `status` says nothing of whether the water is well."""

    status: Status = "open"
    judgement: Judgement = "undecided"
    by: str | None = None
    at_ms: int | None = None
    note: str | None = None

    def after(self, act: Act) -> Handling:
        """Return the handling with one act more; one that makes no sense here changes nothing."""
        status = MOVES[self.status].get(act.name)
        if status is None:
            return self
        judged = status in {"verified", "false_alarm"}
        judgement = cast("Judgement", status) if judged else self.judgement
        return Handling(status, judgement, act.who, act.at_ms, act.note or self.note)

    def state(self, *, over: bool) -> Status:
        """Return the alert's state: cleared once it is over, whatever people made of it."""
        return "cleared" if over else self.status

    def legal(self, *, over: bool) -> tuple[ActName, ...]:
        """Return what may be done; what is over needs no clearing, but may still be judged."""
        return tuple(act for act in MOVES[self.status] if not (over and act == "clear"))


def handling(acts: Iterable[Act], rank: int) -> Handling:
    """Return what the acts come to for an alert of that level, in the order they were done.

    A level higher than people knew of opens the alert anew.
    """
    found = Handling()
    for act in acts:
        if act.rank >= rank:
            found = found.after(act)
    return found

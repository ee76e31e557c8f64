"""Procedures between regions as data: which step who may take when, and where it leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lingqu.errors import ConflictError

Side = Literal["opener", "other"]

EITHER: frozenset[Side] = frozenset({"opener", "other"})
OPENER: frozenset[Side] = frozenset({"opener"})
OTHER: frozenset[Side] = frozenset({"other"})


@dataclass(frozen=True, slots=True)
class Move:
    """Who may take a step, and the state it leads to."""

    by: frozenset[Side]
    to: str


@dataclass(frozen=True, slots=True)
class Taken:
    """One step as somebody took it."""

    event_id: str
    sequence: int
    step: str
    origin: str
    told_at_ms: int


@dataclass(frozen=True, slots=True)
class Course:
    """Where the steps have led; `anomalies` are those that their moment did not allow."""

    state: str
    last: Taken | None
    anomalies: frozenset[str]


@dataclass(frozen=True, slots=True)
class Procedure:
    """One kind of proceeding: its topic, the fields that name it and its sides, and its moves."""

    name: str
    topic: str
    id_field: str
    opener_field: str
    others_field: str
    opening: str
    states: Mapping[str, Mapping[str, Move]]

    @property
    def path(self) -> str:
        return f"/v1/{self.name}s"

    def legal(self, state: str, side: Side | None) -> tuple[str, ...]:
        """Return the steps that the side may take now; who is no side may take none."""
        moves = self.states[state]
        return tuple(step for step, move in moves.items() if side in move.by)

    def course(self, steps: Sequence[Taken], opener: str, others: Sequence[str]) -> Course:
        """Return where the steps have led, whatever order they came in.

        What was said is kept also where it was not its moment, since two hubs may speak at once.
        """
        state, last, anomalies = "", None, set()
        for taken in sorted(steps, key=lambda s: (s.sequence, s.told_at_ms, s.event_id)):
            led = self._led(state, taken, side_of(taken.origin, opener, others))
            if led is None:
                anomalies.add(taken.event_id)
            else:
                state, last = led, taken
        return Course(state, last, frozenset(anomalies))

    def _led(self, state: str, taken: Taken, side: Side | None) -> str | None:
        if not state:
            return self._first(taken.step, side)
        move = self.states[state].get(taken.step)
        return move.to if move is not None and side in move.by else None

    def _first(self, step: str, side: Side | None) -> str | None:
        return self.opening if step == self.opening and side == "opener" else None


def side_of(region: str, opener: str, others: Sequence[str]) -> Side | None:
    """Return the side that a region is on, None where it is on neither."""
    if region == opener:
        return "opener"
    return "other" if region in others else None


class IllegalStepError(ConflictError):
    """A step is not possible now, or not for our region."""

    def __init__(
        self, name: str, proceeding_id: str, state: str, step: str, legal: Iterable[str]
    ) -> None:
        allowed = ", ".join(legal) or "nothing"
        super().__init__(
            f"{name} {proceeding_id} is {state}, so our region cannot take the step {step!r}; "
            f"possible is: {allowed}"
        )


_ESCALATED = Move(EITHER, "escalated")
_SETTLED = Move(EITHER, "settled")
_WITHDRAWN = Move(OPENER, "withdrawn")

DISPUTE = Procedure(
    name="dispute",
    topic="water.dispute.v1",
    id_field="dispute_id",
    opener_field="claimant_region",
    others_field="respondent_region",
    opening="raised",
    states={
        "raised": {
            "answered": Move(OTHER, "answered"),
            "settled": _SETTLED,
            "escalated": _ESCALATED,
            "withdrawn": _WITHDRAWN,
        },
        "answered": {
            "answered": Move(OTHER, "answered"),
            "settled": _SETTLED,
            "escalated": _ESCALATED,
            "withdrawn": _WITHDRAWN,
        },
        "escalated": {
            "answered": Move(OTHER, "escalated"),
            "settled": _SETTLED,
            "withdrawn": _WITHDRAWN,
        },
        "settled": {},
        "withdrawn": {},
    },
)

_CALLERS = {
    "rescheduled": Move(OPENER, "called"),
    "held": Move(OPENER, "held"),
    "cancelled": Move(OPENER, "cancelled"),
}
_ANSWERS = {"agreed": Move(OTHER, "agreed"), "declined": Move(OTHER, "declined")}

CONSULTATION = Procedure(
    name="consultation",
    topic="water.consultation.v1",
    id_field="consultation_id",
    opener_field="caller_region",
    others_field="invited_regions",
    opening="called",
    states={
        "called": {**_ANSWERS, **_CALLERS},
        "agreed": {**_ANSWERS, **_CALLERS},
        "declined": {**_ANSWERS, **_CALLERS},
        "held": {},
        "cancelled": {},
    },
)

PROCEDURES = (DISPUTE, CONSULTATION)

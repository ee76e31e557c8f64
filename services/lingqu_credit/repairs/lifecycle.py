"""A repair from its application to the last recipient's stop-use, from its steps in any order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from lingqu.errors import ConflictError

State = Literal["applied", "accepted", "refused", "withdrawn", "propagating", "closed"]
Act = Literal["accepted", "granted", "refused", "withdrawn"]

_ACTS: Final[Mapping[str, tuple[Act, ...]]] = {
    "applied": ("accepted", "refused", "withdrawn"),
    "accepted": ("granted", "refused", "withdrawn"),
}
OPEN: Final = ("applied", "accepted", "propagating")
STATES: Final[tuple[State, ...]] = (
    "applied",
    "accepted",
    "refused",
    "withdrawn",
    "propagating",
    "closed",
)


class IllegalActError(ConflictError):
    """The repair is not at the step for what was asked."""

    def __init__(self, repair_id: str, state: str, act: str) -> None:
        ways = ", ".join(possible(state)) or "nothing"
        super().__init__(f"repair {repair_id!r} is {state}; {act} is not possible, {ways} is")


def possible(state: str) -> tuple[Act, ...]:
    """Return what the deciding region may do next."""
    return _ACTS.get(state, ())


def check_act(repair_id: str, state: str, act: str) -> None:
    """Raise IllegalActError where the act does not follow."""
    if act not in possible(state):
        raise IllegalActError(repair_id, state, act)


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it was told; `regions` are the recipients that a grant names."""

    event_id: str
    step: str
    sequence: int
    origin: str
    told_at_ms: int
    refers_to: str | None = None
    regions: tuple[str, ...] = ()
    stop_by_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One recipient: whether it has stopped using the record, and whether it is late."""

    region: str
    answered_at_ms: int | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Course:
    """What the steps amount to."""

    state: State
    grant: Step | None
    answers: tuple[Answer, ...]

    @property
    def answered(self) -> int:
        return sum(each.answered_at_ms is not None for each in self.answers)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Return who has yet to answer."""
        return tuple(each.region for each in self.answers if each.answered_at_ms is None)


def course(steps: Iterable[Step], now_ms: int) -> Course:
    """Return what the steps amount to, whatever order they came in.

    Of the deciding region's steps the one with the highest sequence counts. A stop-use counts where
    it answers the grant; one that comes before the grant waits for it.
    """
    ordered = sorted(steps, key=lambda each: (each.sequence, each.told_at_ms, each.event_id))
    grant = next((each for each in ordered if each.step == "granted"), None)
    answers = _answers(grant, ordered, now_ms) if grant is not None else ()
    decided = [each for each in ordered if each.step not in {"stop_use", "closed"}]
    if grant is not None:
        done = all(each.answered_at_ms is not None for each in answers)
        return Course("closed" if done else "propagating", grant, answers)
    last = decided[-1].step if decided else "applied"
    states: Mapping[str, State] = {
        "applied": "applied",
        "accepted": "accepted",
        "refused": "refused",
        "withdrawn": "withdrawn",
    }
    return Course(states[last], None, ())


def _answers(grant: Step, steps: Iterable[Step], now_ms: int) -> tuple[Answer, ...]:
    answered = {
        each.origin: each.told_at_ms
        for each in steps
        if each.step == "stop_use" and each.refers_to == grant.event_id
    }
    late = grant.stop_by_ms is not None and now_ms > grant.stop_by_ms
    return tuple(
        Answer(region, answered.get(region), late and region not in answered)
        for region in grant.regions
    )

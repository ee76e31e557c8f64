"""A repair from its application to the last recipient's stop-use, from its steps in any order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from lingqu_credit import procedure
from lingqu_credit.procedure import Acts, answered, in_order

State = Literal["applied", "accepted", "refused", "withdrawn", "propagating", "closed"]
Act = Literal["accepted", "granted", "refused", "withdrawn"]

ACTS: Final = Acts(
    "repair",
    {
        "applied": ("accepted", "refused", "withdrawn"),
        "accepted": ("granted", "refused", "withdrawn"),
    },
)
OPEN: Final = ("applied", "accepted", "propagating")
STATES: Final[tuple[State, ...]] = get_args(State)


@dataclass(frozen=True, slots=True)
class Step(procedure.Step):
    """One step as it was told; `regions` are the recipients that a grant names."""

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
    ordered = in_order(steps)
    grant = next((each for each in ordered if each.step == "granted"), None)
    if grant is not None:
        answers = _answers(grant, ordered, now_ms)
        done = all(each.answered_at_ms is not None for each in answers)
        return Course("closed" if done else "propagating", grant, answers)
    decided = [each.step for each in ordered if each.step not in {"stop_use", "closed"}]
    state: State = decided[-1] if decided else "applied"  # type: ignore[assignment]
    return Course(state, None, ())


def _answers(grant: Step, steps: Iterable[Step], now_ms: int) -> tuple[Answer, ...]:
    told = answered(grant, "stop_use", steps)
    late = grant.stop_by_ms is not None and now_ms > grant.stop_by_ms
    return tuple(
        Answer(region, told.get(region), late and region not in told) for region in grant.regions
    )

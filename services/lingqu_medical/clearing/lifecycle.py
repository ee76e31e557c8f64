"""How far a clearing statement has come, from whatever has been said of it in any order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from lingqu.errors import ConflictError, ForbiddenError

ClearingState = Literal[
    "generated",
    "confirmed_by_treatment",
    "confirmed_by_insured",
    "returned",
    "funds_requested",
    "paid",
    "closed",
]

# The way of a statement that nobody returns.
_CHAIN = (
    "generated",
    "confirmed_by_treatment",
    "confirmed_by_insured",
    "funds_requested",
    "paid",
    "closed",
)
MOVES: Mapping[str, tuple[str, ...]] = {
    "generated": ("confirmed_by_treatment",),
    "confirmed_by_treatment": ("confirmed_by_insured", "returned"),
    "confirmed_by_insured": ("funds_requested",),
    "funds_requested": ("paid",),
    "paid": ("closed",),
    "returned": ("generated",),
    "closed": (),
}
BY_TREATMENT = frozenset({"generated", "confirmed_by_treatment", "closed"})


class Step(NamedTuple):
    """What one event says of a statement; `refers_to` is the event that generated it."""

    event_id: str
    version: int
    state: str
    refers_to: str | None


class Stands(NamedTuple):
    """The statement that stands: the event that generated it, its version, how far it has come."""

    event_id: str
    version: int
    state: str


class IllegalStepError(ConflictError):
    """A statement cannot go that way; the sentence names the ways it can."""

    def __init__(self, statement: str, state: str, wanted: str) -> None:
        ways = ", ".join(MOVES[state]) or "none: a closed period is immutable"
        super().__init__(
            f"clearing statement {statement} is {state} and cannot become {wanted}; possible: "
            f"{ways}"
        )


class WrongSpeakerError(ForbiddenError):
    """A step belongs to the other province."""

    def __init__(self, statement: str, wanted: str, speaker: str) -> None:
        super().__init__(
            f"clearing statement {statement}: {wanted} is said by province {speaker}; ask it"
        )


def check_step(statement: str, state: str, wanted: str) -> None:
    """Raise IllegalStepError where a statement cannot go from one state to the other."""
    if wanted not in MOVES[state]:
        raise IllegalStepError(statement, state, wanted)


def stands(steps: Iterable[Step]) -> Stands | None:
    """Return the statement of the last version, or None where none was generated yet.

    The order in which the steps are given does not matter: each arrives when it may.
    """
    known = list(steps)
    generated = [step for step in known if step.state == "generated"]
    if not generated:
        return None
    last = max(generated, key=lambda step: (step.version, step.event_id))
    said = {step.state for step in known if step.refers_to == last.event_id}
    furthest = max((_CHAIN.index(state) for state in said if state != "returned"), default=0)
    returned = "returned" in said and furthest <= _CHAIN.index("confirmed_by_treatment")
    state = "returned" if returned else _CHAIN[furthest]
    return Stands(last.event_id, last.version, state)

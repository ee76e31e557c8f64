"""An objection from its raising to the last recipient that took the correction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from lingqu.errors import ConflictError

State = Literal["raised", "accepted", "corrected", "not_wrong", "cannot_verify", "withdrawn"]
Act = Literal["accepted", "decided", "withdrawn"]

_ACTS: Final[dict[str, tuple[Act, ...]]] = {
    "raised": ("accepted", "withdrawn"),
    "accepted": ("decided", "withdrawn"),
}
OPEN: Final = ("raised", "accepted")


def possible(state: str) -> tuple[Act, ...]:
    """Return what may be done next."""
    return _ACTS.get(state, ())


def check_act(objection_id: str, state: str, act: str) -> None:
    """Raise ConflictError where the act does not follow, with those that do."""
    if act not in possible(state):
        ways = ", ".join(possible(state)) or "nothing"
        raise ConflictError(
            f"objection {objection_id!r} is {state}; {act} is not possible, {ways} is"
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it was told."""

    event_id: str
    step: str
    sequence: int
    origin: str
    told_at_ms: int
    refers_to: str | None = None
    decision: str | None = None
    received_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """What the steps amount to; `untaken` are recipients that have yet to take a correction."""

    state: State
    decided: Step | None
    untaken: tuple[str, ...]


def course(steps: Iterable[Step]) -> Course:
    """Return what the steps amount to, whatever order they came in."""
    ordered = sorted(steps, key=lambda each: (each.sequence, each.told_at_ms, each.event_id))
    decided = next((each for each in ordered if each.step == "decided"), None)
    if decided is not None:
        taken = {
            each.origin
            for each in ordered
            if each.step == "taken" and each.refers_to == decided.event_id
        }
        waits = decided.received_by if decided.decision == "corrected" else ()
        state: State = decided.decision  # type: ignore[assignment]
        return Course(state, decided, tuple(each for each in waits if each not in taken))
    last = [each.step for each in ordered if each.step != "taken"]
    return Course(last[-1] if last else "raised", None, ())  # type: ignore[arg-type]

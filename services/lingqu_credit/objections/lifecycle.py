"""An objection from its raising to the last recipient that took the correction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from lingqu_credit import procedure
from lingqu_credit.procedure import Acts, answered, in_order

State = Literal["raised", "accepted", "corrected", "not_wrong", "cannot_verify", "withdrawn"]

ACTS: Final = Acts(
    "objection",
    {"raised": ("accepted", "withdrawn"), "accepted": ("decided", "withdrawn")},
)
OPEN: Final = ("raised", "accepted")


@dataclass(frozen=True, slots=True)
class Step(procedure.Step):
    """One step as it was told; `received_by` are the regions that a correction has to reach."""

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
    ordered = in_order(steps)
    decided = next((each for each in ordered if each.step == "decided"), None)
    if decided is not None:
        taken = answered(decided, "taken", ordered)
        waits = decided.received_by if decided.decision == "corrected" else ()
        state: State = decided.decision  # type: ignore[assignment]
        return Course(state, decided, tuple(each for each in waits if each not in taken))
    last = [each.step for each in ordered if each.step != "taken"]
    return Course(last[-1] if last else "raised", None, ())  # type: ignore[arg-type]

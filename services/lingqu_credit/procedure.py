"""What repairs and objections have in common: acts that may follow, and steps in any order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from lingqu.errors import ConflictError


class IllegalActError(ConflictError):
    """The procedure is not at the step for what was asked."""


class Acts:
    """What the deciding region may do next, by state; `noun` is what the procedure is called."""

    def __init__(self, noun: str, after: Mapping[str, tuple[str, ...]]) -> None:
        self._noun = noun
        self._after = after

    def possible(self, state: str) -> tuple[str, ...]:
        """Return what may be done next."""
        return self._after.get(state, ())

    def check(self, procedure_id: str, state: str, act: str) -> None:
        """Raise IllegalActError where the act does not follow, with those that do."""
        if act not in self.possible(state):
            ways = ", ".join(self.possible(state))
            cure = f"it can be {ways}" if ways else "nothing more can be done with it"
            raise IllegalActError(
                f"{self._noun} {procedure_id!r} is {state} and cannot be {act}; {cure}"
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


S = TypeVar("S", bound=Step)


def told_of(event: Mapping[str, Any]) -> tuple[str, str, int, str, int, str | None]:
    """Return what a `Step` says, from its event."""
    return (
        event["event_id"],
        event["step"],
        event["sequence"],
        event["origin"],
        event["occurred_at"],
        event.get("refers_to"),
    )


def in_order(steps: Iterable[S]) -> list[S]:
    """Return the steps by their sequence, whatever order they came in."""
    return sorted(steps, key=lambda each: (each.sequence, each.told_at_ms, each.event_id))


def answered(asking: Step, by: str, steps: Iterable[Step]) -> dict[str, int]:
    """Return when each region told the step `by` that answers the asking one, in milliseconds."""
    return {
        each.origin: each.told_at_ms
        for each in steps
        if each.step == by and each.refers_to == asking.event_id
    }

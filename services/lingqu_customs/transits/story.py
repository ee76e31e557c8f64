"""The story of a transit, from the steps that its offices told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from lingqu.domain_service.statements.noun import Document

LegState = Literal["declared", "released", "departed", "arrived", "written_off", "cancelled"]

# How far a leg has come; what was told last in time decides nothing, what it reached does.
_REACH: dict[str, int] = {
    "declared": 0,
    "released": 1,
    "departed": 2,
    "arrived": 3,
    "written_off": 4,
    "cancelled": 5,
}
ENDED = ("arrived", "written_off", "cancelled")


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: how far it has come, whether it is overdue, and what does not fit."""

    number: int
    state: LegState
    from_office: str
    to_office: str
    due_at_ms: int | None
    overdue: bool
    anomalies: tuple[str, ...]
    steps: Sequence[Document]


def legs_of(steps: Iterable[Document], now_ms: int) -> list[Leg]:
    """Return the legs of one transit, in order; the steps are events in any order."""
    ordered = sorted(steps, key=lambda each: (each["leg"], each["event_at"], _REACH[each["step"]]))
    return [
        _leg(number, list(told), now_ms)
        for number, told in groupby(ordered, key=lambda each: each["leg"])
    ]


def _leg(number: int, steps: Sequence[Document], now_ms: int) -> Leg:
    by_step = {each["step"]: each for each in steps}
    state = max(by_step, key=_REACH.__getitem__)
    departed = by_step.get("departed")
    due_at_ms = departed["due_at"] if departed else None
    live = departed is not None and departed["mode"] == "live"
    waited_for = live and not any(each in by_step for each in ENDED)
    told = departed or steps[0]
    return Leg(
        number,
        state,
        told["from_office"],
        told["to_office"],
        due_at_ms,
        waited_for and due_at_ms is not None and due_at_ms < now_ms,
        tuple(_anomalies(by_step)),
        steps,
    )


def _anomalies(by_step: dict[str, Document]) -> Iterable[str]:
    departed, arrived = by_step.get("departed"), by_step.get("arrived")
    if arrived and not departed:
        yield "it arrived, but nobody told of its departure"
    if arrived and departed and arrived["event_at"] < departed["event_at"]:
        yield "it arrived before it departed"
    if arrived and arrived.get("seals_intact") is False:
        yield "its seals were broken on arrival"
    if departed and arrived and arrived["to_office"] != departed["to_office"]:
        yield f"it arrived at {arrived['to_office']} instead of {departed['to_office']}"
    if "written_off" in by_step and not arrived:
        yield "it was written off, but nobody told of its arrival"

"""The scale of alerts as data: levels, their rules, and the timetable of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from lingqu.contracts.yaml_file import ClosedModel
from lingqu.errors import ContractError
from lingqu_water.judgement.items import Items
from lingqu_water.reference import read_reference

LEVELS = ("关注", "预警", "超标")
RANK_OF_LEVEL = {name: rank for rank, name in enumerate(LEVELS)}

Level = Literal["关注", "预警", "超标"]
MOST_READINGS = 64

Readings = Annotated[int, Field(ge=1, le=MOST_READINGS)]
Hours = Annotated[int, Field(ge=1, le=10_000)]
Minutes = Annotated[int, Field(ge=1, le=100_000)]


class Rule(ClosedModel):
    """Holds where the last readings are beyond a multiple of the limit, and perhaps a jump."""

    name: str
    beyond: float = Field(gt=0)
    in_a_row: Readings = 1
    jump: float | None = Field(default=None, gt=1)
    items: tuple[str, ...] | None = None


class Step(ClosedModel):
    """After so many minutes more the alert is sent again, perhaps to a higher post."""

    minutes: Minutes
    escalate_to: str | None = None


class Reminding(ClosedModel):
    """How a level is sent again until somebody acknowledges it."""

    steps: tuple[Step, ...] = ()
    repeat: Minutes


class LevelEntry(ClosedModel):
    """One level: what raises it, and how long nobody may stay silent on it."""

    name: Level
    rules: tuple[Rule, ...]
    remind: Reminding


class Baseline(ClosedModel):
    """What a jump is measured against: the median of the readings before it."""

    readings: Readings
    at_least: Readings
    hours: Hours


class Scale(ClosedModel):
    """The scale in force from a day to a day."""

    valid_from: date
    valid_until: date | None = None
    verified: bool = True
    default_target: Literal["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ"]
    sections: Literal["concerned", "all"] = "concerned"
    methods: tuple[Literal["auto", "manual", "joint"], ...] = Field(min_length=1)
    out_of_service: tuple[str, ...]
    items: tuple[str, ...] = Field(min_length=1)
    clear_after: Readings
    silence_hours: Hours
    baseline: Baseline
    held_readings: Readings
    levels: tuple[LevelEntry, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> Scale:
        if tuple(entry.name for entry in self.levels) != LEVELS:
            raise ValueError(f"give the levels {'、'.join(LEVELS)}, each once and in this order")
        if self.baseline.hours > self.silence_hours:
            raise ValueError("a baseline reaches no further back than silence_hours")
        return self

    def reminding(self, level: str) -> Reminding:
        return self.levels[RANK_OF_LEVEL[level]].remind

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


class _ScaleFile(ClosedModel):
    source: str
    scales: tuple[Scale, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Scales:
    """All scales there are, by their days."""

    entries: Sequence[Scale]

    def on(self, day: date) -> Scale | None:
        """Return the scale in force, None where nothing is watched on that day."""
        return next((each for each in self.entries if each.in_force(day)), None)

    @cached_property
    def methods(self) -> frozenset[str]:
        """Return the methods that any scale counts."""
        return frozenset(method for scale in self.entries for method in scale.methods)

    @cached_property
    def silence_ms(self) -> int:
        """Return how far apart readings of one alert can be at most."""
        return max(scale.silence_hours for scale in self.entries) * 3_600_000


def load_scales(items: Items, folder: Path | None = None) -> Scales:
    """Return the scales, the operator's file before ours; an unknown item is a ContractError."""
    entries = read_reference("alert-scale.yaml", _ScaleFile, folder).scales
    for scale in entries:
        rules = [rule for level in scale.levels for rule in level.rules]
        for key in {*scale.items, *(key for rule in rules for key in rule.items or ())}:
            items.code(key)
        names = [rule.name for rule in rules]
        if len(set(names)) != len(names):
            raise ContractError("alert-scale.yaml: two rules have one name; rename one")
    return Scales(entries)

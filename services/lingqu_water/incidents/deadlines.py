"""Deadlines of incidents as data."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import Field, model_validator

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_water.incidents.level import EmergencyLevel
from lingqu_water.reference import read_reference

_MINUTE_MS = 60_000


class _LevelEntry(ClosedModel):
    level: EmergencyLevel
    report_minutes: int = Field(ge=1)
    acknowledge_minutes: int = Field(ge=1)


class Deadlines(ClosedModel):
    """Minutes of each level, from happening to report and from report to acknowledgement."""

    source: str
    valid_from: date
    verified: bool = True
    levels: tuple[_LevelEntry, ...]

    @model_validator(mode="after")
    def _each_level_once(self) -> Deadlines:
        if sorted(entry.level for entry in self.levels) != sorted(EmergencyLevel):
            raise ValueError("give each of the levels Ⅰ, Ⅱ, Ⅲ and Ⅳ once")
        return self

    def report_by_ms(self, level: EmergencyLevel, happened_at_ms: int) -> int:
        return happened_at_ms + self._of(level).report_minutes * _MINUTE_MS

    def acknowledge_by_ms(self, level: EmergencyLevel, told_at_ms: int) -> int:
        return told_at_ms + self._of(level).acknowledge_minutes * _MINUTE_MS

    def _of(self, level: EmergencyLevel) -> _LevelEntry:
        return next(entry for entry in self.levels if entry.level == level)


def load_deadlines(folder: Path | None = None) -> Deadlines:
    """Return the deadlines, the operator's file before ours."""
    return read_reference("incident-deadlines.yaml", Deadlines, folder)

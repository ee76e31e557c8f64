"""When a month has enough final data to be assessed, as data."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import Annotated

from pydantic import Field

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_water.reference import read_reference

Count = Annotated[int, Field(ge=1)]


class _Automatic(ClosedModel):
    readings_a_day: Count
    min_share: Annotated[float, Field(gt=0, le=1)]


class _Manual(ClosedModel):
    min_readings: Count


class AssessmentRule(ClosedModel):
    """The thresholds of an assessment and the days until a month is closed."""

    source: str
    verified: bool = True
    automatic: _Automatic
    manual: _Manual
    automatic_items: tuple[str, ...]
    validities: tuple[str, ...]
    close_after_days: Annotated[int, Field(ge=0, le=60)]

    def expected(self, days: int) -> int:
        """Return how many automatic readings so many days should have."""
        return self.automatic.readings_a_day * days

    def needed(self, days: int) -> int:
        """Return how many of them a mean must stand on."""
        return ceil(self.expected(days) * self.automatic.min_share - 1e-9)


def load_rule(folder: Path | None = None) -> AssessmentRule:
    """Return the operator's rule where the folder holds one, else the one that ships."""
    return read_reference("assessments.yaml", AssessmentRule, folder)

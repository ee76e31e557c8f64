"""By when recipients of a repair have to answer, as data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_credit.reference import read_reference


class Timetable(ClosedModel):
    """Deadlines in days."""

    source: str
    verified: bool = True
    stop_within_days: Annotated[int, Field(ge=0, le=365)]
    decide_objections_within_days: Annotated[int, Field(ge=0, le=365)]


def load_timetable(folder: Path | None = None) -> Timetable:
    """Return the operator's timetable where the folder holds one, else the one that ships."""
    return read_reference("deadlines.yaml", Timetable, folder)

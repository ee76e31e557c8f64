"""The clearing calendar and the terms of answers, read from data."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import Field

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_medical.period import day_in_month_after, last_day_after
from lingqu_medical.reference import read_reference


class Calendar(ClosedModel):
    """By when a statement goes on, an inquiry is answered, and a prepayment runs low."""

    source: str
    verified: bool
    generated_by_day: int = Field(ge=1, le=28)
    confirmed_by_day: int = Field(ge=1, le=28)
    paid_within_months: int = Field(ge=1, le=12)
    inquiry_days: int = Field(ge=1, le=366)
    prepayment_warn_percent: int = Field(ge=1, le=100)

    def due_on(self, state: str, period: str) -> date | None:
        """Return by when the step after this state is due, None where nothing follows."""
        if state == "generated":
            return day_in_month_after(period, self.generated_by_day)
        if state == "confirmed_by_treatment":
            return day_in_month_after(period, self.confirmed_by_day)
        if state in {"confirmed_by_insured", "funds_requested"}:
            return last_day_after(period, self.paid_within_months)
        return None


def load_calendar(folder: Path | None = None) -> Calendar:
    return read_reference("calendar.yaml", Calendar, folder)

"""What a reconciliation is about: two places, and the days from one to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lingqu.errors import InputError
from lingqu.instants import day_at, days
from lingqu_medical.period import midnight_ms

_MOST_DAYS = 31


@dataclass(frozen=True, slots=True)
class Scope:
    """The settlements of one province's people in the other, settled on days of Beijing."""

    treatment_region: str
    insured_region: str
    first: date
    last: date

    def check(self) -> None:
        """Raise InputError where the days are out of order or too many."""
        if not timedelta(0) <= self.last - self.first < timedelta(days=_MOST_DAYS):
            raise InputError(
                f"the days from {self.first} to {self.last} are none or more than {_MOST_DAYS}; "
                "reconcile a day, or the days of one month"
            )

    @property
    def from_ms(self) -> int:
        return midnight_ms(self.first)

    @property
    def until_ms(self) -> int:
        """Return the first millisecond after the last day."""
        return midnight_ms(self.last + timedelta(days=1))

    def fields(self) -> dict[str, Any]:
        return {
            "treatment_region": self.treatment_region,
            "insured_region": self.insured_region,
            "stmt_begndate": days(self.first),
            "stmt_enddate": days(self.last),
        }


def scope_of(event: dict[str, Any]) -> Scope:
    """Return the scope of an event of medical.reconciliation."""
    first, last = day_at(event["stmt_begndate"]), day_at(event["stmt_enddate"])
    return Scope(event["treatment_region"], event["insured_region"], first, last)

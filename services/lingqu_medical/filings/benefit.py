"""Which benefit ratio a treatment has: by the filing of its day, and by the insured place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from lingqu.clock import china_day
from lingqu.contracts.yaml_file import ClosedModel
from lingqu.instants import days, moment_at
from lingqu_medical.filings.lifecycle import covers
from lingqu_medical.reference import read_reference

BenefitType = Literal["long_term", "referred", "emergency", "unfiled"]


class Ratio(ClosedModel):
    """The ratios of one place of insurance while they are valid."""

    division: str
    name: str
    from_: date = Field(alias="from")
    until: date | None
    long_term: Decimal
    referred: Decimal
    emergency: Decimal
    unfiled: Decimal

    def valid_on(self, day: date) -> bool:
        return self.from_ <= day and (self.until is None or day <= self.until)


class _Ratios(ClosedModel):
    source: str
    verified: bool
    types: dict[str, BenefitType]
    ratios: tuple[Ratio, ...]


@dataclass(frozen=True, slots=True)
class Benefits:
    """The types that filings give, and the ratios that were loaded; `source` says whence."""

    types: Mapping[str, BenefitType]
    ratios: tuple[Ratio, ...]
    source: str
    verified: bool

    def type_on(self, filings: Iterable[Mapping[str, Any]], day: date) -> BenefitType:
        """Return the type that one person's filings give to a treatment on a Beijing day.

        Of several that cover it, the one that took effect last decides; of these the last filed.
        """
        covering = [each for each in filings if covers(each, days(day))]
        if not covering:
            return "unfiled"
        last = max(covering, key=lambda each: (each["effective_from"], each["filed_at"]))
        return self.types[last["filing_type"]]

    def type_at(self, filings: Iterable[Mapping[str, Any]], instant_ms: int) -> BenefitType:
        """Return the type for a treatment at an instant, on the day that it is then in Beijing."""
        return self.type_on(filings, china_day(moment_at(instant_ms)))

    def ratio(self, division: str, of: BenefitType, day: date) -> Decimal | None:
        """Return the ratio of a place of insurance, None where nobody loaded one.

        The most exact division decides: a city's before its province's.
        """
        valid = (each for each in self.ratios if each.valid_on(day))
        fitting = [each for each in valid if division.startswith(each.division)]
        if not fitting:
            return None
        found: Decimal = getattr(max(fitting, key=lambda each: len(each.division)), of)
        return found


def load_benefits(folder: Path | None = None) -> Benefits:
    found = read_reference("benefit-ratios.yaml", _Ratios, folder)
    return Benefits(found.types, found.ratios, found.source, found.verified)

"""The editions of the rules on grades and publication periods, as data."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_credit.reference import Dated, in_force, read_reference

Grade = Literal["minor", "general", "serious"]
Months = Annotated[int, Field(ge=0, le=600)]


class GradePeriod(ClosedModel):
    """How long records of a grade are published, in months from the day of the document."""

    published: bool = True
    min_months: Months = 0
    max_months: Months


class ListPeriod(ClosedModel):
    """The same for a list that has periods of its own."""

    min_months: Months
    max_months: Months


class PenaltyCase(ClosedModel):
    """Penalties of one grade: by kind, or by a fine of at least so much."""

    types: tuple[str, ...] = ()
    fine_fen: Annotated[int | None, Field(default=None, ge=0)]

    def fits(self, penalty_types: str, fen: int) -> bool:
        """Tell whether a penalty is a case of it; several kinds stand in one text."""
        named = any(each in penalty_types for each in self.types)
        return named or (self.fine_fen is not None and fen >= self.fine_fen)


class Edition(Dated):
    """What holds for documents from a day on."""

    grades: dict[Grade, GradePeriod]
    penalties: dict[Grade, PenaltyCase] = Field(default_factory=dict)
    lists: dict[str, ListPeriod] = Field(default_factory=dict)
    unverified: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_every_grade(self) -> Self:
        if set(self.grades) != {"minor", "general", "serious"}:
            raise ValueError(f"edition {self.edition}: give minor, general and serious")
        return self

    def grade_of_penalty(self, penalty_types: str, fen: int, procedure: str) -> Grade:
        """Return the worst grade it is a case of; warnings and summary penalties are minor."""
        graded: tuple[Grade, ...] = ("serious", "general")
        for grade in graded:
            case = self.penalties.get(grade)
            if case is None or (procedure == "summary" and grade == "general"):
                continue
            if case.fits(penalty_types, fen):
                return grade
        return "minor"


class PeriodRules(ClosedModel):
    """All editions that are loaded."""

    source: str
    editions: tuple[Edition, ...]

    def on(self, day: date) -> Edition | None:
        """Return the edition in force on the day, None where none is loaded."""
        return in_force(self.editions, day)


def load_periods(folder: Path | None = None) -> PeriodRules:
    """Return the operator's rules where the folder holds `periods.yaml`, else those that ship."""
    return read_reference("periods.yaml", PeriodRules, folder)

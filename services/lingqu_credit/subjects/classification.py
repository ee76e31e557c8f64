"""The unified classification: one class for an enterprise, by versioned rules that are data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_credit.reference import Dated, in_force, read_reference

UnifiedClass = Literal["A", "B", "C", "D"]
Count = Annotated[int | None, Field(default=None, ge=1)]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is in effect of an enterprise on a day; `levels` are those of public evaluations."""

    serious_listings: int = 0
    serious_penalties: int = 0
    general_penalties: int = 0
    minor_penalties: int = 0
    abnormal_listings: int = 0
    levels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The class, the edition that gives it, and the facts that decided, in words."""

    unified_class: UnifiedClass
    edition: str
    because: tuple[str, ...]


class Rule(ClosedModel):
    """A class and the least counts that lead to it; of `levels` one suffices."""

    class_: Annotated[UnifiedClass, Field(alias="class")]
    serious_listings: Count
    serious_penalties: Count
    general_penalties: Count
    minor_penalties: Count
    abnormal_listings: Count
    levels: tuple[str, ...] = ()

    def fits(self, facts: Facts) -> tuple[str, ...]:
        """Return what of the facts fits, nothing where one condition does not hold."""
        because: list[str] = []
        for name in COUNTED:
            least = getattr(self, name)
            if least is None:
                continue
            if getattr(facts, name) < least:
                return ()
            because.append(f"{name} {getattr(facts, name)} ≥ {least}")
        if self.levels:
            met = sorted(facts.levels & set(self.levels))
            if not met:
                return ()
            because.append(f"level {', '.join(met)}")
        return tuple(because)


COUNTED = (
    "serious_listings",
    "serious_penalties",
    "general_penalties",
    "minor_penalties",
    "abnormal_listings",
)


class Edition(Dated):
    """The rules from a day on, the worst first."""

    rules: tuple[Rule, ...]
    otherwise: UnifiedClass


class Classification(ClosedModel):
    """All editions that are loaded."""

    source: str
    verified: bool = True
    editions: tuple[Edition, ...]

    def classify(self, facts: Facts, day: date) -> Verdict | None:
        """Return the class by the rules in force on the day, None where none are loaded for it."""
        edition = in_force(self.editions, day)
        if edition is None:
            return None
        for rule in edition.rules:
            because = rule.fits(facts)
            if because:
                return Verdict(rule.class_, edition.edition, because)
        return Verdict(edition.otherwise, edition.edition, ())


def load_classification(folder: Path | None = None) -> Classification:
    """Return the operator's rules where the folder holds them, else the example that ships."""
    return read_reference("classification.yaml", Classification, folder)

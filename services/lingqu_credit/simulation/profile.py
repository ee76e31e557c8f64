"""What generated records look like, read from data."""

from __future__ import annotations

from functools import cache

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_credit.reference import read_reference


class Violation(ClosedModel):
    """A violation and what it is punished with."""

    type: str
    facts: str
    basis: str
    penalty: str


class BlackList(ClosedModel):
    """A list, why one gets on it, and the measures that follow."""

    name: str
    basis: str
    reason: str
    measures: tuple[str, ...]


class Chances(ClosedModel):
    """How often things go wrong, in shares of all of them."""

    repeat: float
    late: float
    out_of_order: float
    revised: float
    wrong_check_digit: float
    natural_person: float
    without_measure: float
    repaired: float


class Profile(ClosedModel):
    """All of `simulation.yaml`; `stated_months` are those of documents that no rule covers."""

    source: str
    verified: bool
    enterprises: int
    stated_months: int
    violations: tuple[Violation, ...]
    lists: tuple[BlackList, ...]
    chances: Chances


@cache
def load_profile() -> Profile:
    return read_reference("simulation.yaml", Profile)

"""What generated events look like, read from data."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_medical.reference import read_reference


class Place(ClosedModel):
    """A province: one division of it, and its hospitals and pharmacies by code and name."""

    division: str
    hospitals: tuple[tuple[str, str], ...]


class Treatment(ClosedModel):
    """A kind of treatment: how often, and what it costs in yuan."""

    med_type: str
    clr_type: str
    infno: str
    share: float
    least: int
    most: int


class Fund(ClosedModel):
    """A fund: how often it pays, and which part of what the policy covers."""

    insutype: str
    field: str
    fund_pay_type: str
    name: str
    share: float
    pays: float


class Chances(ClosedModel):
    """How often something goes as it should not."""

    repeat: float
    late: float
    unbalanced: float
    cancel: float
    rectify: float
    disproved: float
    differing: float
    filing_ends: float
    filing_late: float


class Profile(ClosedModel):
    """All of `simulation.yaml`; `every_s` are the seconds between two events of each kind."""

    source: str
    verified: bool
    every_s: dict[str, float]
    regions: dict[str, Place]
    treatments: tuple[Treatment, ...]
    funds: tuple[Fund, ...]
    chances: Chances

    def every(self, contract: str) -> timedelta:
        """Return how long it takes from one event of a contract to the next, about."""
        return timedelta(seconds=self.every_s[contract.removeprefix("medical.")])


@cache
def load_profile() -> Profile:
    return read_reference("simulation.yaml", Profile)

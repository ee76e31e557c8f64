"""What generated declarations look like, read from data."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Literal

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_customs.lifecycle.facts import Step
from lingqu_customs.reference import read_reference

STEP = timedelta(minutes=3)  # between two events, as often as they really happen
AMENDED_EVERY = 6  # events of declarations to one of amendments, at most


class Product(ClosedModel):
    """Goods that are declared, and what a kilogram of them costs."""

    hs_code: str
    heading: str
    name: str
    fen_a_kg: int


class Way(ClosedModel):
    """Receipts as they follow each other, and how many of a hundred declarations get them."""

    share: int
    codes: tuple[str, ...]
    mode: Literal["ordinary", "two_step"] = "ordinary"


class Procedure(ClosedModel):
    """Steps as they follow each other, and how many of a hundred matters take them."""

    share: int
    steps: tuple[Step, ...]


class Amendments(ClosedModel):
    """How many of all declarations are applied to be amended or withdrawn, and what comes of it."""

    share: float
    procedures: tuple[Procedure, ...]


class Consignee(ClosedModel):
    """Where inspected goods go, and the port that sees them arrive."""

    destination: str
    port: str


class Inspections(ClosedModel):
    """What is inspected, where it goes, and what is found wrong with it."""

    headings: tuple[str, ...]
    consignees: tuple[Consignee, ...]
    failures: tuple[str, ...]
    fails: float
    seals_broken: float


class Chances(ClosedModel):
    """How often things go wrong, in shares of all of them."""

    repeat: float
    late: float
    revised: float
    wrong_check_digit: float
    never_arrives: float


class Profile(ClosedModel):
    """All of `simulation.yaml`."""

    source: str
    verified: bool
    offices: dict[str, tuple[str, ...]]
    ports: tuple[str, ...]
    goods: tuple[Product, ...]
    ways: tuple[Way, ...]
    amendments: Amendments
    inspections: Inspections
    chances: Chances


@cache
def load_profile() -> Profile:
    return read_reference("simulation.yaml", Profile)

"""What generated readings look like, read from data."""

from __future__ import annotations

from functools import cache
from typing import Literal

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_water.judgement.items import shipped_items
from lingqu_water.reference import read_reference
from lingqu_water.sections.model import Kind


class ItemProfile(ClosedModel):
    """How one item behaves: its base by kind of water, and what moves it."""

    item: str
    form: Literal["sum", "factor"]
    river: float | None = None
    lake: float | None = None
    season: float = 0
    day: float = 0
    noise: float = 0
    wave: float = 0
    decimals: int
    least: float = 0
    detection_limit: float | None = None

    def base(self, kind: Kind) -> float | None:
        return self.lake if kind == "lake" else self.river

    @property
    def code(self) -> str:
        return shipped_items().code(self.item)

    @property
    def unit(self) -> str:
        return shipped_items().by_code[self.code].unit


class Chances(ClosedModel):
    """What becomes of readings, in shares of all of them."""

    outage: float
    no_value: float
    filtered: float
    revision: float
    withdrawal: float
    review: float
    by_hand: float


class Profile(ClosedModel):
    """All of `simulation.yaml`."""

    source: str
    verified: bool
    items: tuple[ItemProfile, ...]
    by_hand: tuple[ItemProfile, ...]
    waterways: tuple[dict[str, float], ...]
    chances: Chances


@cache
def load_profile() -> Profile:
    return read_reference("simulation.yaml", Profile)

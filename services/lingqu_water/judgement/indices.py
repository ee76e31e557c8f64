"""Indices beside the class: the sum over limits (CWQI) and the trophic level of lakes (TLI)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from pathlib import Path

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_water.judgement.items import Items
from lingqu_water.judgement.standard import Limit, Standard
from lingqu_water.judgement.water_class import RANKS
from lingqu_water.reference import read_reference

_NEUTRAL_PH = 7.0


class _Cwqi(ClosedModel):
    limit_class: str
    verified: bool
    ph_verified: bool


class _Term(ClosedModel):
    item: str
    scale: float
    offset: float
    slope: float
    weight: float


class _State(ClosedModel):
    state: str
    below: float = float("inf")


class _Tli(ClosedModel):
    verified: bool
    terms: tuple[_Term, ...]
    states: tuple[_State, ...]


class _IndexFile(ClosedModel):
    source: str
    cwqi: _Cwqi
    tli: _Tli


@dataclass(frozen=True, slots=True)
class LimitSum:
    """The sum of value over limit, and of how many of the evaluated items it was made."""

    value: float
    items: int
    of: int


@dataclass(frozen=True, slots=True)
class TrophicLevel:
    """The trophic level index of a lake and the state it stands for."""

    value: float
    state: str


class Indices:
    """Computes the indices by the figures of the reference; values are by item code."""

    def __init__(self, items: Items, folder: Path | None = None) -> None:
        self._items = items
        self._file = read_reference("indices.yaml", _IndexFile, folder)

    def limit_sum(
        self, values: Mapping[str, float], standard: Standard, water_body: str
    ) -> LimitSum | None:
        """Return the index over the items that have values, None without any."""
        limits = {
            code: limit for code, limit in standard.limits_of(water_body).items() if limit.evaluated
        }
        rank = RANKS[self._file.cwqi.limit_class]
        given = [(limit, values[code]) for code, limit in limits.items() if code in values]
        parts = [_part(limit, value, rank) for limit, value in given if _is_usable(limit, value)]
        return LimitSum(sum(parts), len(parts), len(limits)) if parts else None

    def trophic_level(self, values: Mapping[str, float]) -> TrophicLevel | None:
        """Return the index, None unless every term has a value above zero."""
        total = 0.0
        for term in self._file.tli.terms:
            value = values.get(self._items.code(term.item), 0.0)
            if value <= 0:
                return None
            total += term.weight * 10 * (term.offset + term.slope * log(value * term.scale))
        state = next(each.state for each in self._file.tli.states if total < each.below)
        return TrophicLevel(total, state)


def _part(limit: Limit, value: float, rank: int) -> float:
    if limit.comparison == "range":
        low, high = limit.bounds
        span = _NEUTRAL_PH - low if value <= _NEUTRAL_PH else high - _NEUTRAL_PH
        return abs(value - _NEUTRAL_PH) / span
    bound = limit.bounds[rank]
    if limit.comparison == "at_most":
        return value / bound
    return bound / value


def _is_usable(limit: Limit, value: float) -> bool:
    """Return False where the index has no figure: no oxygen at all is beyond any sum."""
    return value > 0 or limit.comparison != "at_least"

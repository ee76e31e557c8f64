"""Main pollutants (主要污染指标): what is beyond the target, by how much, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lingqu_water.judgement.evaluation import MainPollutants
from lingqu_water.judgement.standard import Limit
from lingqu_water.judgement.water_class import RANKS, WaterClass

_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Pollutant:
    """An item beyond the target's limit; pH and dissolved oxygen have no multiple."""

    code: str
    value: float
    limit: float
    multiple: float | None


def main_pollutants(
    found: Mapping[str, tuple[Limit, float]],
    ranks: Mapping[str, int],
    target: WaterClass,
    rule: MainPollutants,
) -> tuple[Pollutant, ...]:
    """Return the first of the items found beyond the target, those without a multiple last."""
    beyond = [_pollutant(limit, value, target) for limit, value in found.values()]

    def place(pollutant: Pollutant) -> tuple[float, ...]:
        rank = -ranks[pollutant.code]
        multiple = -1.0 if pollutant.multiple is None else pollutant.multiple
        return (rank, -multiple) if rule.order == "class" else (-multiple, rank)

    if len(beyond) > 1:
        beyond.sort(key=lambda pollutant: (place(pollutant), pollutant.code))
    return tuple(beyond[: rule.count])


def _pollutant(limit: Limit, value: float, target: WaterClass) -> Pollutant:
    bound = limit.bound(RANKS[target], value)
    if limit.comparison != "at_most" or bound == 0:
        return Pollutant(limit.code, value, bound, None)
    return Pollutant(limit.code, value, bound, round((value - bound) / bound, _DECIMALS))

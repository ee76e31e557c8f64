"""What an item of a section is held against: the limits of the section's target class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

from lingqu.admission import RegionScope
from lingqu_water.alerts.scale import Rule, Scale, Scales
from lingqu_water.judgement.items import Items
from lingqu_water.judgement.standard import Limit, Standard, standard_on
from lingqu_water.judgement.units import factor
from lingqu_water.judgement.water_class import RANKS
from lingqu_water.readings.model import Item
from lingqu_water.sections.model import Section

_NEUTRAL_PH = 7.0
_MOST = 1e6  # a multiple that stands for no oxygen at all


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The limits of one item and the rules that watch it; `levels` runs parallel to the scale's.

    A multiple above 1 is beyond the target. At most `calm` concerns no rule at all.
    """

    code: str
    unit: str
    low: float | None
    high: float | None
    levels: tuple[tuple[Rule, ...], ...]
    calm: float

    def value(self, item: Item) -> float | None:
        """Return the value in the limit's unit, None where there is none.

        Below detection counts as the detection limit.
        """
        given = item.detection_limit if item.flag == "below_detection" else item.value
        scale = 1.0 if item.unit == self.unit else factor(item.unit, self.unit)
        if given is None or scale is None or not isfinite(given):
            return None
        return given * scale

    def multiple(self, value: float) -> float:
        """Return how bad the value is, in limits."""
        if self.low is None:
            return value / self.high if self.high else _MOST
        if self.high is None:
            return min(self.low / value, _MOST) if value > 0 else _MOST
        if value < _NEUTRAL_PH:
            return (_NEUTRAL_PH - value) / (_NEUTRAL_PH - self.low)
        return (value - _NEUTRAL_PH) / (self.high - _NEUTRAL_PH)


@dataclass(frozen=True, slots=True)
class Regime:
    """All that judges a section's readings on one day."""

    scale: Scale
    target: str
    yardsticks: Mapping[str, Yardstick]

    def concerns(self, items: Iterable[Item]) -> bool:
        """Tell whether any of the values is bad enough for a rule to look at it."""
        for item in items:
            yardstick = self.yardsticks.get(item.code)
            value = yardstick.value(item) if yardstick else None
            if yardstick and value is not None and yardstick.multiple(value) > yardstick.calm:
                return True
        return False


class Regimes:
    """Makes the regime of a day for each kind of water and target, once; for any thread."""

    def __init__(
        self, scales: Scales, standards: Sequence[Standard], items: Items, scope: RegionScope
    ) -> None:
        """Compile; `scope` is what the hub speaks for."""
        self.scales = scales
        self._scope = scope
        self._standards = tuple(standards)
        self._items = items
        self._made: dict[tuple[date, str, str, str | None], Regime] = {}

    def on(self, day: date, section: Section) -> Regime | None:
        """Return the regime in force, None where none watches or no standard has limits."""
        scale, standard = self.scales.on(day), standard_on(self._standards, day)
        if scale is None or standard is None:
            return None
        if scale.sections == "concerned" and not self._is_concerned(section):
            return None
        key = (scale.valid_from, standard.name, section.kind, section.target_class)
        if key not in self._made:
            self._made[key] = self._make(scale, standard, section.kind, section.target_class)
        return self._made[key]

    def _is_concerned(self, section: Section) -> bool:
        """Tell whether our region reports the section, or its water flows to us."""
        return any(map(self._scope.admits, (section.reporting_region, *section.downstream_regions)))

    def _make(
        self, scale: Scale, standard: Standard, water_body: str, target: str | None
    ) -> Regime:
        aim = target or scale.default_target
        limits = standard.limits_of(water_body)
        watched = {self._items.code(key): key for key in scale.items}
        made = {
            code: self._yardstick(limits[code], RANKS[aim], key, scale)
            for code, key in watched.items()
            if code in limits
        }
        return Regime(scale, aim, made)

    def _yardstick(self, limit: Limit, rank: int, key: str, scale: Scale) -> Yardstick:
        low: float | None = None
        high: float | None = None
        if limit.comparison == "range":
            low, high = limit.bounds
        elif limit.comparison == "at_least":
            low = limit.bounds[rank]
        else:
            high = limit.bounds[rank]
        levels = tuple(
            tuple(rule for rule in level.rules if rule.items is None or key in rule.items)
            for level in scale.levels
        )
        calm = min((rule.beyond for rules in levels for rule in rules), default=1.0)
        return Yardstick(limit.code, limit.unit, low, high, levels, min(calm, 1.0))

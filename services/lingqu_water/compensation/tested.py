"""A section's month: the means of its final valid readings, and what was left out and why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from lingqu_water.compensation.measured import Mean, MonthlyMeans
from lingqu_water.compensation.round import AgreedSection, Measuring
from lingqu_water.period import Month
from lingqu_water.readings.follow import StoredReading

_LEVELS = {"raw": "实时数据,未经审核", "reviewed": "已审核,尚未入库"}
_VALIDITIES = {"doubtful": "存疑", "invalid": "无效"}


@dataclass(frozen=True, slots=True)
class Used:
    """A reading that a mean was made from, and the values it gave."""

    event_id: str
    sampled_at_ms: int
    method: str
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class Excluded:
    """A reading that was there and was not used."""

    event_id: str
    sampled_at_ms: int
    method: str
    official: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Trace:
    """All readings of one section's month, in order of time."""

    used: tuple[Used, ...]
    excluded: tuple[Excluded, ...]


Traces = dict[str, dict[str, Trace]]  # by month, by section


@dataclass(frozen=True, slots=True)
class SectionMonth:
    """What is known of one section in one month; with `lacking` sentences it may not be judged.

    `excluded` counts final readings that are doubtful, invalid or withdrawn; those that are not
    final yet are no part of the account. `digest` names the values the means were made from.
    """

    section: str
    name: str
    month: str
    means: tuple[Mean, ...]
    water_class: str | None
    used: int
    excluded: int
    lacking: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Tester:
    """Tests months by the means and the standard that the service judges by."""

    means: MonthlyMeans

    def test(
        self,
        section: AgreedSection,
        month: Month,
        measuring: Sequence[Measuring],
        readings: Iterable[StoredReading],
    ) -> tuple[SectionMonth, Trace]:
        """Return the month and its readings; a function of which readings stand, not of order."""
        trace = self._sort(readings, measuring)
        means = tuple(
            self._mean(item, entry.needed(month), trace.used)
            for entry in measuring
            for item in entry.items
        )
        water_class = self.means.water_class(
            [(mean.code, mean.value) for mean in means], section.water_body, month.first
        )
        tested = SectionMonth(
            section=section.code,
            name=section.name,
            month=str(month),
            means=means,
            water_class=water_class,
            used=len(trace.used),
            excluded=sum(one.official for one in trace.excluded),
            lacking=tuple(_lack(section, month, mean) for mean in means if _is_short(mean)),
            digest=_digest(trace.used),
        )
        return tested, trace

    def _sort(self, readings: Iterable[StoredReading], measuring: Sequence[Measuring]) -> Trace:
        codes: dict[str, frozenset[str]] = {
            entry.method: frozenset(map(self.means.code, entry.items)) for entry in measuring
        }
        used, excluded = [], []
        for one in sorted(readings, key=lambda one: (one.sampled_at_ms, one.method)):
            wanted = codes.get(one.method)
            values = self.means.values(one.items, wanted or frozenset())
            reason = _why_not(one, wanted, values)
            if reason is None:
                used.append(Used(one.event_id, one.sampled_at_ms, one.method, values))
            else:
                official = one.data_level == "final" and wanted is not None
                place = (one.event_id, one.sampled_at_ms, one.method)
                excluded.append(Excluded(*place, official, reason))
        return Trace(tuple(used), tuple(excluded))

    def _mean(self, item: str, needed: int, used: Sequence[Used]) -> Mean:
        code = self.means.code(item)
        values = [one.values[code] for one in used if code in one.values]
        return self.means.mean(item, values, needed)


def _why_not(
    one: StoredReading, wanted: frozenset[str] | None, values: dict[str, float]
) -> str | None:
    """Return why a reading does not count, None where it does."""
    if wanted is None:
        return "协议不采用此监测方式"
    if one.withdrawn:
        return "已撤回"
    if one.data_level != "final":
        return _LEVELS.get(one.data_level, one.data_level)
    if one.validity != "valid":
        named = _VALIDITIES.get(one.validity, one.validity)
        return f"{named}:{one.validity_reason}" if one.validity_reason else named
    return None if values else "无考核项目的测定值"


def _is_short(mean: Mean) -> bool:
    return mean.count < mean.needed


def _lack(section: AgreedSection, month: Month, mean: Mean) -> str:
    return (
        f"{section.name} {month} {mean.name}:入库有效数据 {mean.count} 个,协议要求 {mean.needed} 个"
    )


def _digest(used: Iterable[Used]) -> str:
    told = [(one.sampled_at_ms, one.method, sorted(one.values.items())) for one in used]
    return hashlib.sha256(orjson.dumps(told)).hexdigest()

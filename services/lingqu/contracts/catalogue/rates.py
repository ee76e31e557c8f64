"""The two figures by which a catalogue of public data is judged.

Both follow 《全国一体化政务大数据体系建设指南》 (国办函〔2022〕102号), which asks that catalogued
data be mounted and kept up to date; how exactly a province counts is a local rule (unverified), so
each function says what it counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lingqu.contracts.catalogue.entry import update_period
from lingqu.contracts.model import Contract


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, and the names of the others."""

    count: int
    total: int
    others: tuple[str, ...]

    @property
    def percent(self) -> float | None:
        """Return the share in percent, None where there is nothing to count."""
        return round(100 * self.count / self.total, 1) if self.total else None


def mounting_rate(contracts: Iterable[Contract], agreed: Collection[str]) -> Rate:
    """Return 挂接率: of the entries that may be shared, those whose data can be had.

    An entry is mounted (目录挂接) when its contract is released, so that its topic stands and its
    schema is published, or when an active agreement carries it: `agreed` names those contracts.
    What is not shared (不予) need not be mounted and is not counted.
    """
    shared = [each for each in contracts if each.entry.share_type != "不予"]
    others = [each.name for each in shared if each.status != "released" and each.name not in agreed]
    return Rate(len(shared) - len(others), len(shared), tuple(others))


def timeliness_rate(
    contracts: Iterable[Contract], newest: Mapping[str, datetime], now: datetime
) -> Rate:
    """Return 更新及时率: of the entries with a cycle, those updated within it.

    `newest` has, by contract, when its newest data came, from the topics or from a scorecard. An
    entry is on time when that is no longer ago than its update cycle and the latency that the
    contract promises; one without any data is late. Without a cycle in time (实时, 不定期) silence
    tells nothing, so such entries are not counted.
    """
    periods = ((each.name, _allowed(each)) for each in contracts)
    counted = {name: period for name, period in periods if period is not None}
    late = [
        name
        for name, period in counted.items()
        if name not in newest or now - newest[name] > period
    ]
    return Rate(len(counted) - len(late), len(counted), tuple(late))


def _allowed(contract: Contract) -> timedelta | None:
    cycle = contract.entry.update_cycle
    period = update_period(cycle) if cycle else None
    if period is None:
        return None
    return period + timedelta(seconds=contract.sla.latency_s or 0)

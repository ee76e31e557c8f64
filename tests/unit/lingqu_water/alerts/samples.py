"""Readings of one section, four hours apart, and what judges them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from lingqu.admission import RegionScope
from lingqu_water.alerts.episode import Episode
from lingqu_water.alerts.scale import load_scales
from lingqu_water.alerts.timeline import Since, episodes
from lingqu_water.alerts.yardstick import Regime, Regimes
from lingqu_water.judgement.items import shipped_items
from lingqu_water.judgement.standard import load_standards
from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.model import Item
from lingqu_water.sections.model import unknown_section

CODMN, DO, PH, TP = "w01019", "w01009", "w01001", "w21011"
HOUR_MS = 3_600_000
START_MS = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp() * 1000)
SECTION = "43-示例断面"


@cache
def regimes() -> Regimes:
    items = shipped_items()
    return Regimes(load_scales(items), load_standards(items), items, RegionScope(("43",)))


def regime(on: date, **changes: Any) -> Regime | None:
    """Return the regime of the section, with a part of it changed."""
    return regimes().on(on, replace(unknown_section(SECTION), **changes))


def at(place: int) -> int:
    """Return the time of the reading at that place."""
    return START_MS + place * 4 * HOUR_MS


def reading(place: int, value: float | None, code: str = CODMN, **changes: Any) -> StoredReading:
    """Return the reading at that place; without a value the station is in maintenance."""
    flag = "no_value" if value is None else "measured"
    unit = "无量纲" if code == PH else "mg/L"
    told = {
        "event_id": f"event-{place}",
        "section_code": SECTION,
        "sampled_at_ms": at(place),
        "method": "auto",
        "data_level": "raw",
        "validity": "doubtful" if value is None else "valid",
        "validity_reason": "站点维护" if value is None else None,
        "withdrawn": False,
        "published_class": None,
        "water_class": None,
        "partial": False,
        "items": (Item(code, value, unit, flag),),
        "station_status": "维护" if value is None else "正常",
        "mode": "live",
        "reporting_region": "43",
        "as_of_ms": 0,
    }
    return StoredReading(**{**told, **changes})


def series(values: Iterable[float | None], code: str = CODMN) -> list[StoredReading]:
    return [reading(place, value, code) for place, value in enumerate(values)]


def found(readings: Sequence[StoredReading], since_ms: int = 0) -> list[Episode]:
    return episodes(
        readings,
        regime,
        regimes().scales.silence_ms,
        since=Since(since_ms),
    )

"""A section, a month and its final readings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lingqu_water.assessments.assess import Assessor
from lingqu_water.assessments.assessment import Assessment
from lingqu_water.assessments.rule import AssessmentRule, load_rule
from lingqu_water.judgement.classify import shipped_judge
from lingqu_water.judgement.items import shipped_items
from lingqu_water.judgement.labels import Labels
from lingqu_water.period import Month
from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.model import Item
from lingqu_water.sections.model import Section

SECTION = Section("43-示例断面", "示例断面", "43", basin="长江流域", target_class="Ⅲ")
APRIL = Month(2021, 4)
HOUR_MS = 3_600_000
GOOD = {"ph": 7.6, "do": 8.0, "codmn": 1.5, "nh3n": 0.1, "tp": 0.01}


def rule(a_day: int = 6, share: float = 0.8) -> AssessmentRule:
    """Return the shipped rule with other thresholds."""
    shipped = load_rule()
    automatic = shipped.automatic.model_copy(update={"readings_a_day": a_day, "min_share": share})
    return shipped.model_copy(update={"automatic": automatic})


def assessor(wanted: AssessmentRule | None = None) -> Assessor:
    return Assessor(shipped_judge("month"), Labels(), wanted or load_rule())


def items(values: Mapping[str, float | None]) -> tuple[Item, ...]:
    specs = shipped_items().by_key
    return tuple(
        Item(specs[key].code, value, specs[key].unit, "no_value" if value is None else "measured")
        for key, value in values.items()
    )


def reading(
    place: int, values: Mapping[str, float | None] | None = None, **changes: Any
) -> StoredReading:
    """Return the reading at that place of April, four hours apart."""
    told = {
        "event_id": f"event-{place}",
        "section_code": SECTION.code,
        "sampled_at_ms": APRIL.from_ms + place * 4 * HOUR_MS,
        "method": "auto",
        "data_level": "final",
        "validity": "valid",
        "validity_reason": None,
        "withdrawn": False,
        "published_class": None,
        "water_class": None,
        "partial": False,
        "items": items({**GOOD, **(values or {})}),
        "station_status": "正常",
        "mode": "live",
        "reporting_region": "43",
        "as_of_ms": 0,
    }
    return StoredReading(**{**told, **changes})


def month(
    count: int = 180, values: Mapping[str, float | None] | None = None
) -> list[StoredReading]:
    return [reading(place, values) for place in range(count)]


def assess(
    readings: Iterable[StoredReading],
    wanted: AssessmentRule | None = None,
    section: Section = SECTION,
) -> Assessment:
    return assessor(wanted).assess(section, APRIL, readings)


def mean_of(assessment: Assessment, key: str) -> tuple[float, int, str, bool]:
    code = shipped_items().code(key)
    (found,) = [each for each in assessment.items if each.code == code]
    return found.mean, found.count, found.method, found.counted

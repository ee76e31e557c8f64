"""An agreement over one section, its months of readings, and accounts over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lingqu_water.compensation.account import SectionResult
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.measured import Mean, MonthlyMeans
from lingqu_water.compensation.round import AgreedSection
from lingqu_water.compensation.tested import SectionMonth, Tester
from lingqu_water.judgement.classify import shipped_judge
from lingqu_water.judgement.items import shipped_items
from lingqu_water.period import Month
from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.model import Item

APRIL = Month(2021, 4)
HOURS_4_MS = 4 * 3_600_000
SECTION = AgreedSection(code="43-示例", name="示例")
GOOD = {"ph": 7.6, "do": 8.1, "codmn": 2.4, "nh3n": 0.1, "tp": 0.05}
WAN = 1_000_000


def means() -> MonthlyMeans:
    return MonthlyMeans(shipped_judge("month"))


def make_tester() -> Tester:
    return Tester(means())


def transfer(payer: str, payee: str, amount: str | None = "40", **more: Any) -> dict[str, Any]:
    return {"payer": payer, "payees": {payee: 1}, "amount_wan": amount, **more}


def class_rule(**more: Any) -> dict[str, Any]:
    """Return the usual rule: who is downstream pays for class Ⅲ or better, else is paid."""
    return {
        "kind": "monthly_class",
        "target": "Ⅲ",
        "tiers": [
            {"classes": ["Ⅰ", "Ⅱ", "Ⅲ"], "transfers": [transfer("43", "50")]},
            {"classes": ["Ⅳ", "Ⅴ", "劣Ⅴ"], "transfers": [transfer("50", "43")]},
        ],
        **more,
    }


def round_document(**more: Any) -> dict[str, Any]:
    return {
        "name": "第一轮",
        "valid_from": "2021-01-01",
        "valid_until": "2021-12-31",
        "sections": [{"code": SECTION.code, "name": SECTION.name}],
        "measuring": [
            {"method": "auto", "items": ["ph", "do", "codmn", "nh3n", "tp"], "min_readings": 2}
        ],
        "rule": class_rule(),
        "clearing": "month",
        "sources": ["示例"],
        **more,
    }


def document(*rounds: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "shili",
        "title": "示例河",
        "river": "示例河",
        "parties": [
            {"region": "50", "name": "重庆市", "role": "upstream"},
            {"region": "43", "name": "湖南省", "role": "downstream"},
        ],
        "rounds": [*(rounds or (round_document(),))],
        **more,
    }


def agreement(*rounds: dict[str, Any], **more: Any) -> Agreement:
    return Agreement.model_validate(document(*rounds, **more))


def items(values: Mapping[str, float | None]) -> tuple[Item, ...]:
    specs = shipped_items().by_key
    return tuple(
        Item(specs[key].code, value, specs[key].unit, "no_value" if value is None else "measured")
        for key, value in values.items()
    )


def reading(
    place: int = 0, /, values: Mapping[str, float] | None = None, **more: Any
) -> StoredReading:
    """Return a final valid reading, so many times four hours after April began."""
    told: dict[str, Any] = {
        "event_id": f"event-{place}",
        "section_code": SECTION.code,
        "sampled_at_ms": APRIL.from_ms + place * HOURS_4_MS,
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
        **more,
    }
    return StoredReading(**told)


def judged_month(
    *readings: StoredReading, of: Agreement | None = None, month: Month = APRIL
) -> SectionMonth:
    """Return the first section's month as the agreement's first round has it."""
    terms = (of or agreement()).rounds[0]
    found, _ = make_tester().test(terms.sections[0], month, terms.measuring, readings)
    return found


def result(
    water_class: str | None = "Ⅱ",
    *,
    target: str = "Ⅲ",
    met: bool = True,
    months: tuple[int, int] = (12, 12),
    section: str = SECTION.code,
    values: Mapping[str, float] | None = None,
) -> SectionResult:
    """Return one section's period, with as many months met of as many tested."""
    months_met, months_tested = months
    specs = shipped_items().by_key
    found = tuple(
        Mean(specs[key].code, key, specs[key].name_zh, value, specs[key].unit, 12, 1)
        for key, value in (values or {}).items()
    )
    return SectionResult(
        section=section,
        name=section.partition("-")[2],
        target=target,
        water_class=water_class,
        met=met,
        means=found,
        months_tested=months_tested,
        months_met=months_met,
        used=0,
        excluded=0,
    )

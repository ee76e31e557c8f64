"""Sections whose kind or target changes: what was judged by the old limits is judged anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.water import WaterUnderTest, water_under_test

pytestmark = pytest.mark.integration

CODE = "43-示例库"
TERMS: dict[str, Any] = {"name": "示例库", "reporting_region": "43", "source": "省厅来函"}
FINAL = {
    "data_level": "final",
    "reviewed_by_org": "示例监测中心",
    "reviewed_at": "2026-03-06T12:00:00+08:00",
}


def phosphorus(hour: int, **more: Any) -> dict[str, Any]:
    """Return a reading of the first of March: class Ⅲ in a river, Ⅴ in a lake."""
    return {
        "section_name": "示例库",
        "reporting_region": "43",
        "sampled_at": f"2026-03-01T{hour:02}:00:00+08:00",
        "method": "auto",
        "items": [{"code": "w21011", "value": 0.15}],
        **more,
    }


@pytest.fixture
def water(tmp_path: Path, database_url: str) -> Iterator[WaterUnderTest]:
    with water_under_test(tmp_path, database_url) as found:
        assert found.post("readings", [phosphorus(4), phosphorus(8)]).status_code == 200
        assert found.post("readings", phosphorus(9, method="manual", **FINAL)).status_code == 200
        asked = {"section": CODE, "month": "2026-03"}
        assert found.post("assessments", asked).json()["assessed"] == 1
        yield found


def declare(water: WaterUnderTest, **terms: str) -> dict[str, int]:
    answer = water.client.put(f"/v1/sections/{CODE}", json=TERMS | terms)
    assert answer.status_code == 200, answer.text
    rejudged: dict[str, int] = answer.json()["rejudged"]
    return rejudged


def classes(water: WaterUnderTest) -> list[str]:
    return [each["water_class"] for each in water.get("readings", section=CODE)["items"]]


def levels(water: WaterUnderTest) -> list[tuple[str, str]]:
    found = water.get("alerts", section=CODE)["items"]
    return [(each["level"], each["target_class"]) for each in found]


def assessed(water: WaterUnderTest) -> dict[str, Any]:
    (found,) = water.get("assessments", section=CODE)["items"]
    return {name: found[name] for name in ("water_class", "target_class", "met", "version")}


def test_another_kind_and_target_judge_anew_what_was_judged_before(water: WaterUnderTest) -> None:
    water.registry.away = True
    answer = water.client.put(f"/v1/sections/{CODE}", json=TERMS | {"kind": "lake"})
    assert answer.status_code == 503
    assert (classes(water), levels(water)) == (["Ⅲ"] * 3, [])

    water.registry.away = False
    assert declare(water, kind="lake") == {"readings": 3, "assessments": 1, "alerts": 1}
    assert (classes(water), levels(water)) == (["Ⅴ"] * 3, [("超标", "Ⅲ")])
    assert assessed(water) == {
        "water_class": "Ⅴ", "target_class": None, "met": None, "version": 2,
    }  # fmt: skip

    again = declare(water, kind="lake", river="示例河")
    assert again == {"readings": 0, "assessments": 0, "alerts": 0}

    assert declare(water, kind="lake", target_class="Ⅴ") == {
        "readings": 0, "assessments": 1, "alerts": 1,
    }  # fmt: skip
    assert (classes(water), levels(water)) == (["Ⅴ"] * 3, [])
    assert (assessed(water)["met"], assessed(water)["version"]) == (True, 3)

"""Assessments through the whole service, on published readings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.water import WaterUnderTest, shared_file, water_under_test

pytestmark = pytest.mark.integration


@pytest.fixture
def water(tmp_path: Path, sqlite_url: str) -> Iterator[WaterUnderTest]:
    with water_under_test(tmp_path, sqlite_url) as found:
        yield found


def test_a_month_of_raw_readings_is_insufficient_for_every_section(water: WaterUnderTest) -> None:
    water.import_file(shared_file("hourly4_2021/hunan.csv"), collected_on="2021-04-06")

    told = water.post("assessments", {"section": "all", "month": "2021-04"}).json()

    # Of 76 sections one has no reading with a real time.
    assert (told["assessed"], told["insufficient"], told["published"]) == (0, 75, 75)
    (liye,) = water.get("assessments", section="43-里耶镇")["items"]
    assert (liye["status"], liye["water_class"], liye["met"]) == ("insufficient", None, None)
    assert liye["target_class"] == "Ⅲ"
    assert "入库数据 0/180" in liye["reason"]
    assert len(water.pages("assessments", month="2021-04", limit=30)) == 75


def test_the_service_judges_values_it_is_given(water: WaterUnderTest) -> None:
    question = {"on": "2021-04-02", "items": [{"item": "codmn", "value": 13.6}]}
    told = water.post("judgement", question).json()
    assert (told["water_class"], told["pollutants"][0]["multiple"]) == ("Ⅴ", 1.2667)


def test_a_month_of_no_calendar_is_refused(water: WaterUnderTest) -> None:
    for month in ("0000-01", "9999-12", "2021-13"):
        assert water.post("assessments", {"month": month}).status_code == 422

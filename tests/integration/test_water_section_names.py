from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.water import WaterUnderTest, table, water_under_test

pytestmark = pytest.mark.integration

VALUES = (2.4, 2.4, 2.5, 13.6, 13.7)
LISTINGS = ("readings", "alerts", "assessments")


@pytest.fixture
def water(tmp_path: Path, database_url: str) -> Iterator[WaterUnderTest]:
    with water_under_test(tmp_path, database_url) as found:
        for name in ("甲", "乙"):
            rows = table(*VALUES, name=name)
            found.import_bytes(rows, f"{name}.csv", collected_on="2021-04-06")
        found.post("assessments", {"month": "2021-04"})
        yield found


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_section_is_found_by_its_code_and_by_its_name(
    water: WaterUnderTest, listing: str
) -> None:
    by_code = water.pages(listing, section="43-甲")
    assert {each["section_code"] for each in by_code} == {"43-甲"}
    assert water.pages(listing, section="甲") == by_code
    assert water.pages(listing, section="丙") == []


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_name_that_several_sections_bear_is_refused_with_their_codes(
    water: WaterUnderTest, listing: str
) -> None:
    water.import_bytes(table(*VALUES, name="甲", province="江西省"), "b.csv")
    answer = water.client.get(f"/v1/{listing}", params={"section": "甲"})
    assert answer.status_code == 422, answer.text
    assert "2 sections are named '甲'; name one by its code, such as 36-甲, 43-甲" in answer.text
    assert water.pages(listing, section="43-甲")

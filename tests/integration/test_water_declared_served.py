"""Zones, resources and sections as the composed service serves them, over its own migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.water import water_under_test

pytestmark = pytest.mark.integration

ZONE: dict[str, Any] = {
    "zone_code": "43-渝湘缓冲区",
    "zone_name": "渝湘缓冲区",
    "river": "酉水",
    "from_place": "省界",
    "to_place": "里耶镇",
    "reporting_region": "43",
    "target_class": "Ⅲ",
}
FLOW: dict[str, Any] = {
    "station_code": "43-桃源",
    "station_name": "桃源",
    "reporting_region": "43",
    "observed_at": "2026-03-01T08:00:00+08:00",
    "measures": [{"quantity": "flow", "value": 1840.0, "unit": "m³/s"}],
}


def test_the_service_keeps_what_is_declared_and_describes_it(
    tmp_path: Path, database_url: str
) -> None:
    with water_under_test(tmp_path, database_url) as water:
        assert water.post("zones", [ZONE]).json()["results"][0]["outcome"] == "first"
        assert water.post("resources", [FLOW]).json()["results"][0]["outcome"] == "first"

        assert [one["zone_code"] for one in water.get("zones")["items"]] == ["43-渝湘缓冲区"]
        (figure,) = water.get("resources", station="43-桃源")["items"]
        assert figure["measures"][0]["value"] == 1840.0
        assert water.get("sections/43-里耶镇")["target_class"] == "Ⅲ"

        described = water.client.get("/openapi.json").json()
        schemas = described["components"]["schemas"]
        assert {"ZoneIn", "ResourceIn", "SectionTerms"} <= schemas.keys()
        assert all(schemas[name]["examples"] for name in ("ZoneIn", "ResourceIn", "SectionTerms"))


def test_the_examples_that_are_shown_are_accepted(tmp_path: Path, database_url: str) -> None:
    with water_under_test(tmp_path, database_url) as water:
        schemas = water.client.get("/openapi.json").json()["components"]["schemas"]
        (zone,), (figure,) = schemas["ZoneIn"]["examples"], schemas["ResourceIn"]["examples"]
        (section,) = schemas["SectionTerms"]["examples"]

        assert water.post("zones", [zone]).status_code == 200
        assert water.post("resources", [figure]).status_code == 200
        put = water.client.put("/v1/sections/43-里耶镇", json=section)
        assert put.status_code == 200, put.text

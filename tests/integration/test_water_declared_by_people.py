"""Incidents, disputes and consultations over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.alerts import published
from tests.support.water import WaterUnderTest, water_under_test

from lingqu.service.database import make_engine

pytestmark = pytest.mark.integration

INCIDENT: dict[str, Any] = {
    "title": "示例河铊浓度异常事件",
    "emergency_level": "Ⅱ",
    "section_codes": ["43-城陵矶"],
    "affected_regions": ["44"],
    "cause": "正在排查",
    "situation": "铊浓度升高",
    "pollutants": [{"name": "铊", "value": 0.0003, "unit": "mg/L"}],
    "contact_name": "示例甲",
    "signed_off_by": "示例乙",
}
LATER = {"report_type": "续报", "situation": "浓度下降", "signed_off_by": "示例乙"}
CLAIM = {"title": "总磷超标责任", "respondent_region": "52", "statement": "连续三日超标"}
CALL = {
    "title": "武江会商",
    "invited_regions": ["44"],
    "scheduled_at": "2099-01-18T09:30:00+08:00",
}


@pytest.fixture
def water(tmp_path: Path, database_url: str) -> Iterator[WaterUnderTest]:
    with water_under_test(tmp_path, database_url) as found:
        yield found


def told(water: WaterUnderTest, event: str) -> list[dict[str, Any]]:
    engine = make_engine(water.database_url)
    try:
        return published(engine, f"water.{event}.v1")
    finally:
        engine.dispose()


def created(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_an_incident_is_declared_followed_up_corrected_and_concluded(
    water: WaterUnderTest,
) -> None:
    shown = created(water.post("incidents", INCIDENT))
    path = f"incidents/{shown['incident_id']}"
    assert (shown["emergency_level"], shown["level_name"], shown["colour"]) == ("Ⅱ", "重大", "橙")
    assert [each["region"] for each in shown["regions"]] == ["44", "42"]
    assert created(water.post(f"{path}/reports", LATER))["reports"] == 2
    changes = {"place": "示例乡", "signed_off_by": "示例乙"}
    assert water.post(f"{path}/reports/2/correct", changes).status_code == 200
    final = {**LATER, "report_type": "处理结果报告"}
    assert created(water.post(f"{path}/reports", final))["possible"] == ["更正"]
    refused = water.post(f"{path}/reports", LATER)
    assert refused.status_code == 409
    assert refused.json()["detail"].endswith("possible is: 更正")
    events = told(water, "incident")
    assert [event["report_type"] for event in events] == ["初报", "续报", "续报", "处理结果报告"]
    assert water.get(path)["told"][-1]["place"] == "示例乡"


def test_a_declaration_sent_twice_with_its_key_is_told_once(water: WaterUnderTest) -> None:
    for path, body, event in (
        ("incidents", INCIDENT, "incident"),
        ("disputes", CLAIM, "dispute"),
        ("consultations", CALL, "consultation"),
    ):
        first = created(water.post(path, body, Idempotency_Key="k1"))
        assert created(water.post(path, body, Idempotency_Key="k1")) == first
        assert len(told(water, event)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"emergency_level": "劣Ⅴ"}, "emergency_level"),
        ({"emergency_level": None}, "emergency_level"),
        ({"signed_off_by": " "}, "signed_off_by"),
        ({"affected_regions": ["广东"]}, "affected_regions"),
        ({"severity": 1}, "severity"),
    ],
)
def test_a_declaration_that_is_not_right_is_refused_at_its_field(
    water: WaterUnderTest, changes: dict[str, Any], field: str
) -> None:
    answer = water.post("incidents", {**INCIDENT, **changes})
    assert answer.status_code == 422
    assert field in answer.json()["detail"]
    assert told(water, "incident") == []


def test_incidents_are_listed_by_what_people_look_for(water: WaterUnderTest) -> None:
    numbers = [created(water.post("incidents", INCIDENT))["incident_id"] for _ in range(3)]
    withdrawal = {"reason": "误报", "signed_off_by": "示例乙"}
    assert water.post(f"incidents/{numbers[0]}/withdraw", withdrawal).status_code == 200
    listed = [each["incident_id"] for each in water.pages("incidents", limit=2)]
    assert sorted(listed) == sorted(numbers)
    assert len(water.pages("incidents", state="reported", level="Ⅱ")) == 2
    assert water.pages("incidents", level="Ⅰ") == []
    assert len(water.pages("incidents", region="42")) == 3
    assert water.pages("incidents", region="52") == []
    assert water.pages("incidents", direction="received") == []
    assert water.pages("incidents", to="2020-01-01T00:00:00Z") == []


def test_a_dispute_is_raised_and_its_steps_are_named(water: WaterUnderTest) -> None:
    shown = created(water.post("disputes", {**CLAIM, "answer_due_on": "2099-04-20"}))
    path = f"disputes/{shown['dispute_id']}"
    assert (shown["state"], shown["claimant_region_name"]) == ("raised", "湖南省")
    assert shown["answers"] == [{"region": "52", "name": "贵州省", "step": None, "at": None}]
    refused = water.post(f"{path}/answer", {"statement": "已查明"})
    assert refused.status_code == 409
    assert refused.json()["detail"].endswith("possible is: settled, escalated, withdrawn")
    refused = water.post(f"{path}/escalate", {"statement": "未能一致"})
    assert (refused.status_code, "上级机关" in refused.json()["detail"]) == (422, True)
    taken = water.post(f"{path}/withdraw", {"statement": "不再主张"})
    assert taken.json()["state"] == "withdrawn"
    assert water.get(path)["steps"][0]["answer_due_on"] == "2099-04-20"
    assert [each["dispute_id"] for each in water.pages("disputes", state="withdrawn")] == [
        shown["dispute_id"]
    ]
    assert water.pages("disputes", region="44") == []
    assert water.client.get("/v1/disputes", params={"state": "x"}).status_code == 422


def test_a_consultation_is_called_moved_and_held(water: WaterUnderTest) -> None:
    shown = created(water.post("consultations", CALL))
    path = f"consultations/{shown['consultation_id']}"
    assert shown["steps"][0]["scheduled_at"] == "2099-01-18T01:30:00.000+00:00"
    moved = {"scheduled_at": "2099-02-18T09:30:00+08:00"}
    assert water.post(f"{path}/reschedule", moved).json()["state"] == "called"
    assert water.post(f"{path}/hold", {}).status_code == 422
    held = water.post(f"{path}/hold", {"minutes": "议定加密监测", "attending": ["示例厅"]})
    assert (held.json()["state"], held.json()["possible"]) == ("held", [])
    assert [event["step"] for event in told(water, "consultation")] == [
        "called",
        "rescheduled",
        "held",
    ]


def test_what_is_not_there_is_said_so(water: WaterUnderTest) -> None:
    for noun in ("incidents", "disputes", "consultations"):
        answer = water.client.get(f"/v1/{noun}/x")
        assert answer.status_code == 404
        assert f"GET /v1/{noun} lists" in answer.json()["detail"]


def test_the_interface_shows_an_example_of_each_declaration(water: WaterUnderTest) -> None:
    document = water.client.get("/openapi.json").json()
    for noun in ("incidents", "disputes", "consultations"):
        body = document["paths"][f"/v1/{noun}"]["post"]["requestBody"]
        name = body["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        assert document["components"]["schemas"][name]["examples"]
    example = document["paths"]["/v1/alerts"]["get"]["responses"]["200"]["content"]
    assert example["application/json"]["example"]["items"]

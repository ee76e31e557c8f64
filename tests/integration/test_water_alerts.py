from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.support.alerts import published
from tests.support.water import WaterUnderTest, shared_file, table, water_under_test

from lingqu.service.database import make_engine
from lingqu_water.alerts.model import ALERT_TOPIC

pytestmark = pytest.mark.integration

VALUES = [2.4, 2.4, 2.5, 13.6, 13.7]


@pytest.fixture
def water(tmp_path: Path, database_url: str) -> Iterator[WaterUnderTest]:
    with water_under_test(tmp_path, database_url) as found:
        yield found


@pytest.fixture
def alerting(water: WaterUnderTest) -> WaterUnderTest:
    water.import_bytes(table(*VALUES), "a.csv", collected_on="2021-04-06")
    return water


def told(water: WaterUnderTest) -> list[dict[str, Any]]:
    engine = make_engine(water.database_url)
    try:
        return published(engine, ALERT_TOPIC)
    finally:
        engine.dispose()


def only(water: WaterUnderTest) -> dict[str, Any]:
    (alert,) = water.get("alerts")["items"]
    found: dict[str, Any] = water.get(f"alerts/{alert['alert_id']}")
    return found


def test_the_jump_at_liye_raises_one_alert_marked_suspect_and_cleared(
    water: WaterUnderTest,
) -> None:
    file = shared_file("hourly4_2021/hunan.csv")
    water.import_file(file, collected_on="2021-04-06")
    (alert,) = water.get("alerts", section="43-里耶镇")["items"]
    assert alert["item_code"] == "w01019"
    assert alert["started_at"] == "2021-04-02T08:00:00.000+00:00"
    assert (alert["level"], alert["state"], alert["suspect"]) == ("超标", "cleared", True)
    assert alert["ended_at"] == "2021-04-05T08:00:00.000+00:00"
    assert (alert["data_level"], alert["remark"]) == ("raw", "未经审核")
    assert alert["downstream_regions"] == ["43"]
    events = told(water)
    water.import_file(file, collected_on="2021-04-06")
    assert told(water) == events


def test_rows_that_come_one_by_one_tell_the_jump_its_doubt_and_its_end(
    water: WaterUnderTest,
) -> None:
    lines = shared_file("hourly4_2021/hunan.csv").read_text("utf-8-sig").splitlines()
    heading, *rows = lines
    for row in rows:
        if "里耶镇" in row:
            content = f"{heading}\n{row}".encode()
            water.import_bytes(content, "row.csv", collected_on="2021-04-06")
    says = [(event["change"], event["state"], event["suspect"]) for event in told(water)]
    assert says == [
        ("first", "open", False),
        ("revision", "open", True),
        ("revision", "cleared", True),
    ]


def test_a_back_fill_raises_nothing(water: WaterUnderTest) -> None:
    water.import_bytes(table(*VALUES), "a.csv", collected_on="2021-04-06", mode="backfill")
    assert water.get("alerts")["items"] == []
    assert told(water) == []


def test_people_acknowledge_judge_and_clear_an_alert(alerting: WaterUnderTest) -> None:
    alert = only(alerting)
    path = f"alerts/{alert['alert_id']}"
    assert alert["possible"] == ["acknowledge"]
    for act, state in [
        ("acknowledge", "acknowledged"),
        ("verify", "verified"),
        ("false-alarm", "false_alarm"),
        ("clear", "cleared"),
    ]:
        answer = alerting.post(f"{path}/{act}", {"who": "示例甲", "note": "已复测"})
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == state
    assert [event["state"] for event in told(alerting)] == [
        "open",
        "acknowledged",
        "verified",
        "false_alarm",
        "cleared",
    ]
    assert len(only(alerting)["history"]) == 5


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("verify", {"who": "示例甲"}, 409, "possible is: acknowledge"),
        ("false-alarm", {"who": "示例甲"}, 422, "say in `note` what was found"),
        ("acknowledge", {}, 422, "body.who"),
        ("acknowledge", {"who": "甲", "when": "now"}, 422, "body.when"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    alerting: WaterUnderTest, path: str, body: dict[str, str], status: int, says: str
) -> None:
    answer = alerting.post(f"alerts/{only(alerting)['alert_id']}/{path}", body)
    assert answer.status_code == status
    assert says in answer.json()["detail"]
    assert len(told(alerting)) == 1


def test_of_many_who_acknowledge_at_once_one_does(alerting: WaterUnderTest) -> None:
    path = f"alerts/{only(alerting)['alert_id']}/acknowledge"
    with ThreadPoolExecutor(6) as pool:
        people = [f"示例{number}" for number in range(6)]
        answers = list(pool.map(lambda who: alerting.post(path, {"who": who}), people))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert [event["state"] for event in told(alerting)] == ["open", "acknowledged"]


def test_an_alert_raised_while_others_import_is_told_once(water: WaterUnderTest) -> None:
    lines = [table(*VALUES[: place + 1]) for place in range(len(VALUES))]
    with ThreadPoolExecutor(5) as pool:
        for content in pool.map(
            lambda body: water.import_bytes(body, "a.csv", collected_on="2021-04-06"), lines
        ):
            assert content[-1]["summary"]["read"]
    assert [event["change"] for event in told(water)] == ["first"]


def test_an_unknown_alert_is_not_found(water: WaterUnderTest) -> None:
    answer = water.client.get("/v1/alerts/x")
    assert answer.status_code == 404
    assert "GET /v1/alerts lists" in answer.json()["detail"]


def test_alerts_are_listed_by_what_people_look_for(water: WaterUnderTest) -> None:
    for place, name in enumerate(("甲", "乙", "丙")):
        rows = table(*VALUES, name=name, day=place + 1)
        water.import_bytes(rows, "a.csv", collected_on="2021-04-06")
    first = only_of(water, section="43-甲")
    water.post(f"alerts/{first['alert_id']}/acknowledge", {"who": "示例甲"})
    listed = [alert["section_name"] for alert in water.pages("alerts", limit=2)]
    assert listed == ["丙", "乙", "甲"]
    assert len(water.pages("alerts", state="open")) == 2
    assert len(water.pages("alerts", state=["open", "acknowledged"], level="超标")) == 3
    assert water.pages("alerts", level="关注") == []
    assert water.pages("alerts", suspect="true") == []
    assert len(water.pages("alerts", region="43")) == 3
    assert water.pages("alerts", region="44") == []
    days = {"from": "2021-04-02T00:00:00+08:00", "to": "2021-04-03T00:00:00+08:00"}
    assert [each["section_name"] for each in water.pages("alerts", **days)] == ["乙"]


def only_of(water: WaterUnderTest, **query: str) -> dict[str, Any]:
    (alert,) = water.pages("alerts", **query)
    return alert

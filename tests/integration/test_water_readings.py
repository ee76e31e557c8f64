from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.water import WaterUnderTest, water_under_test

pytestmark = pytest.mark.integration

SECTION = "43-示例断面"
FLAGGED = {"code": "w21003", "flag": "below_detection", "detection_limit": 0.025, "unit": "mg/L"}


def statement(**changes: Any) -> dict[str, Any]:
    return {
        "section_name": "示例断面",
        "reporting_region": "43",
        "sampled_at": "2026-03-01T12:00:00+08:00",
        "method": "auto",
        "items": [
            {"code": "w01001", "value": 7.6, "unit": "无量纲"},
            {"code": "w01009", "value": 8.0, "unit": "mg/L"},
            {"code": "w01019", "value": 2.42, "unit": "mg/L"},
            FLAGGED,
            {"code": "w21011", "value": 0.08, "unit": "mg/L"},
        ],
        **changes,
    }


def with_codmn(value: float, **changes: Any) -> dict[str, Any]:
    items = [{"code": "w01019", "value": value, "unit": "mg/L"}]
    return statement(items=items, **changes)


@pytest.fixture
def water(tmp_path: Path, database_url: str) -> Iterator[WaterUnderTest]:
    with water_under_test(tmp_path, database_url) as found:
        yield found


@pytest.fixture
def water_on_sqlite(tmp_path: Path, sqlite_url: str) -> Iterator[WaterUnderTest]:
    with water_under_test(tmp_path, sqlite_url) as found:
        yield found


def outcomes(answer: Any) -> list[str]:
    return [each["outcome"] for each in answer.json()["results"]]


def test_one_reading_is_taken_judged_and_shown(water: WaterUnderTest) -> None:
    answer = water.post("readings", statement())
    assert (answer.status_code, outcomes(answer)) == (200, ["first"])
    (shown,) = water.get("readings", section=SECTION)["items"]
    assert shown["event_id"] == answer.json()["results"][0]["event_id"]
    assert (shown["water_class"], shown["partial"]) == ("Ⅱ", False)
    assert shown["sampled_at"] == "2026-03-01T04:00:00.000+00:00"
    (limited,) = [item for item in shown["items"] if item["flag"] == "below_detection"]
    assert limited["detection_limit"] == 0.025


def test_a_wrong_reading_of_a_batch_is_refused_by_itself(water: WaterUnderTest) -> None:
    later = "2026-03-01T16:00:00+08:00"
    batch = [
        statement(),
        statement(method="guess"),
        statement(sampled_at=later, validity="doubtful"),
        statement(sampled_at=later),
        "not a reading",
    ]
    answer = water.post("readings", batch)
    assert outcomes(answer) == ["first", "refused", "refused", "first", "refused"]
    _, guess, doubtful, _, _ = answer.json()["results"]
    assert guess["field"] == "method"
    assert doubtful["rule"] == "doubt_has_a_reason"


def test_a_request_of_which_nothing_is_taken_is_refused(water_on_sqlite: WaterUnderTest) -> None:
    answer = water_on_sqlite.post("readings", [statement(validity="doubtful")])
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["results"][0]["rule"] == "doubt_has_a_reason"


ENDS = ("0001-01-01T12:01:01+01:00", "9999-12-31T23:30:00-08:00")


def test_no_list_is_asked_of_an_end_of_the_calendar(water_on_sqlite: WaterUnderTest) -> None:
    described = water_on_sqlite.client.get("/openapi.json").json()["paths"]
    asked = [
        (path, parameter["name"])
        for path, item in described.items()
        for parameter in item.get("get", {}).get("parameters", ())
        if "date-time" in str(parameter["schema"]) and "{" not in path
    ]
    assert len(asked) > 5
    for path, name in asked:
        for when in ENDS:
            answer = water_on_sqlite.client.get(path, params={name: when})
            assert answer.status_code == 422, (path, name, when)


def test_a_time_at_an_end_of_the_calendar_is_refused(water_on_sqlite: WaterUnderTest) -> None:
    for when in ENDS:
        for field in ("sampled_at", "reviewed_at", "as_of"):
            answer = water_on_sqlite.post("readings", statement(**{field: when}))
            assert answer.status_code == 422, (field, when)
            assert answer.json()["results"][0]["field"] == field


def test_a_text_that_no_database_keeps_is_refused(water_on_sqlite: WaterUnderTest) -> None:
    for field in ("section_name", "river", "operator_name"):
        answer = water_on_sqlite.post("readings", statement(**{field: "a\x00b"}))
        assert answer.status_code == 422, field
        assert answer.json()["results"][0]["field"] == field


@pytest.mark.parametrize("body", ["[]", "{", "null"])
def test_a_body_without_readings_is_refused(water_on_sqlite: WaterUnderTest, body: str) -> None:
    answer = water_on_sqlite.client.post("/v1/readings", content=body)
    assert answer.status_code == 422


def test_the_same_request_under_its_key_is_answered_as_before(water: WaterUnderTest) -> None:
    first = water.post("readings", statement(), idempotency_key="k1")
    again = water.post("readings", statement(), idempotency_key="k1")
    assert again.content == first.content
    other = water.post("readings", with_codmn(9.0), idempotency_key="k1")
    assert other.status_code == 409
    assert outcomes(water.post("readings", statement())) == ["repeat"]


def test_taking_a_reading_back_is_a_withdrawal(water_on_sqlite: WaterUnderTest) -> None:
    water = water_on_sqlite
    water.post("readings", statement())
    assert outcomes(water.post("readings", statement(withdrawn=True))) == ["withdrawal"]
    (shown,) = water.get("readings")["items"]
    assert (shown["withdrawn"], shown["validity"], shown["water_class"]) == (True, "invalid", None)


def test_a_review_makes_readings_final_and_settles_their_level(water: WaterUnderTest) -> None:
    water.post("readings", [statement(), statement(sampled_at="2026-04-01T00:00:00+08:00")])
    asked = {
        "section": SECTION,
        "from": "2026-03-01T00:00:00+08:00",
        "to": "2026-04-01T00:00:00+08:00",
        "level": "final",
        "organisation": "湖南省生态环境监测中心",
    }
    answer = water.post("readings/review", asked)
    assert answer.json() == {"readings": 1, "outcomes": {"revision": 1}}
    (settled,) = water.get("readings", level="final")["items"]
    assert settled["reviewed_by_org"] == "湖南省生态环境监测中心"
    assert outcomes(water.post("readings", with_codmn(9.0))) == ["late"]


def test_a_review_says_why_readings_are_invalid(water_on_sqlite: WaterUnderTest) -> None:
    water = water_on_sqlite
    water.post("readings", statement())
    asked = {
        "section": SECTION,
        "from": "2026-03-01T00:00:00+08:00",
        "to": "2026-04-01T00:00:00+08:00",
        "level": "reviewed",
        "organisation": "示例监测中心",
        "validity": "invalid",
    }
    assert water.post("readings/review", asked).status_code == 422
    answer = water.post("readings/review", {**asked, "reason": "仪器故障"})
    assert answer.json()["outcomes"] == {"revision": 1}
    (shown,) = water.get("readings", validity="invalid")["items"]
    assert shown["validity_reason"] == "仪器故障"


def test_a_review_of_an_unknown_section_is_told(water_on_sqlite: WaterUnderTest) -> None:
    asked = {
        "section": "43-无",
        "from": "2026-03-01T00:00:00+08:00",
        "to": "2026-04-01T00:00:00+08:00",
        "level": "final",
        "organisation": "示例监测中心",
    }
    assert water_on_sqlite.post("readings/review", asked).status_code == 404


def test_the_history_of_a_reading_holds_all_that_was_stated(
    water_on_sqlite: WaterUnderTest,
) -> None:
    water = water_on_sqlite
    for value in (2.0, 5.0, 7.0):
        water.post("readings", with_codmn(value))
    query = {"section": SECTION, "sampled_at": "2026-03-01T12:00:00+08:00", "method": "auto"}
    stated = water.get("readings/history", **query)["items"]
    assert [each["stands"] for each in stated] == [True, False, False]
    assert [each["items"][0]["value"] for each in stated] == [7.0, 5.0, 2.0]


FILTERS: list[tuple[dict[str, str], set[str]]] = [
    ({"region": "43"}, {"甲", "乙"}),
    ({"basin": "珠江流域"}, {"丙"}),
    ({"river": "酉水"}, {"甲"}),
    ({"class": "Ⅱ"}, {"甲"}),
    ({"worse_than": "Ⅲ"}, {"乙", "丙"}),
    ({"worse_than": "劣Ⅴ"}, set()),
    ({"item": "w01010"}, {"丙"}),
    ({"validity": "doubtful"}, {"丙"}),
    ({"validity": "valid"}, {"甲", "乙"}),
    ({"method": "manual"}, {"乙"}),
    ({"from": "2026-03-02T00:00:00+08:00"}, {"乙", "丙"}),
    ({"to": "2026-03-02T00:00:00+08:00"}, {"甲"}),
    ({"section": "43-乙"}, {"乙"}),
]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WaterUnderTest]:
    folder = tmp_path_factory.mktemp("three")
    with water_under_test(folder, f"sqlite:///{folder / 'w.sqlite'}") as water:
        temperature = {"code": "w01010", "value": 12.0, "unit": "℃"}
        codmn = {"code": "w01019", "value": 16.0, "unit": "mg/L"}
        water.post(
            "readings",
            [
                with_codmn(3.0, section_name="甲", basin="长江流域", river="酉水"),
                with_codmn(
                    9.0,
                    section_name="乙",
                    basin="长江流域",
                    method="manual",
                    sampled_at="2026-03-02T12:00:00+08:00",
                ),
                statement(
                    section_name="丙",
                    reporting_region="44",
                    basin="珠江流域",
                    sampled_at="2026-03-03T12:00:00+08:00",
                    items=[codmn, temperature],
                    validity="doubtful",
                    validity_reason="站点维护",
                ),
            ],
        )
        yield water


@pytest.mark.parametrize(("query", "names"), FILTERS, ids=[str(query) for query, _ in FILTERS])
def test_readings_are_found_by(
    three: WaterUnderTest, query: dict[str, str], names: set[str]
) -> None:
    found = three.get("readings", **query)["items"]
    assert {each["section_code"].partition("-")[2] for each in found} == names


def test_an_unknown_class_or_cursor_is_refused(three: WaterUnderTest) -> None:
    assert three.client.get("/v1/readings?class=Ⅵ").status_code == 422
    assert three.client.get("/v1/readings?cursor=abc").status_code == 400


def test_pages_hold_every_reading_once_the_latest_first(water_on_sqlite: WaterUnderTest) -> None:
    water = water_on_sqlite
    hours = [f"2026-03-01T{hour:02}:00:00+08:00" for hour in range(20)]
    names = ("甲", "乙")
    water.post(
        "readings",
        [with_codmn(3.0, section_name=name, sampled_at=at) for at in hours for name in names],
    )
    found = water.pages("readings", limit=7)
    keys = [(each["sampled_at"], each["section_code"]) for each in found]
    assert len(set(keys)) == 40
    assert keys == sorted(keys, reverse=True)


def test_a_series_has_values_flags_and_the_limits_of_each_class(
    water_on_sqlite: WaterUnderTest,
) -> None:
    water = water_on_sqlite
    water.post("readings", statement())
    span = {"from": "2026-03-01T00:00:00+08:00", "to": "2026-03-02T00:00:00+08:00"}
    found = water.get("series", section=SECTION, item="w21003", **span)
    assert found["limits"]["classes"] == {"Ⅰ": 0.15, "Ⅱ": 0.5, "Ⅲ": 1.0, "Ⅳ": 1.5, "Ⅴ": 2.0}
    (point,) = found["points"]
    assert (point["value"], point["flag"], point["detection_limit"]) == (
        None,
        "below_detection",
        0.025,
    )


def test_the_limits_of_a_series_are_those_of_its_kind_of_water(
    water_on_sqlite: WaterUnderTest,
) -> None:
    water = water_on_sqlite
    water.post("readings", statement(section_name="岳阳楼"))
    span = {"from": "2026-03-01T00:00:00+08:00", "to": "2026-03-02T00:00:00+08:00"}
    found = water.get("series", section="43-岳阳楼", item="w21011", **span)
    assert (found["kind"], found["limits"]["classes"]["Ⅲ"]) == ("lake", 0.05)
    acidity = water.get("series", section="43-岳阳楼", item="w01001", **span)
    assert acidity["limits"]["classes"]["Ⅰ"] == [6, 9]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"section": "43-无", "item": "w01019"}, 404),
        ({"section": "43-里耶镇", "item": "w99999"}, 404),
        ({"section": "43-里耶镇", "item": "w01019", "to": "2028-01-01T00:00:00Z"}, 422),
    ],
)
def test_a_series_of_nothing_is_refused(
    three: WaterUnderTest, query: dict[str, str], status: int
) -> None:
    span = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z"}
    answer = three.client.get("/v1/series", params=span | query)
    assert answer.status_code == status, answer.text


def test_a_service_without_kafka_or_registry_says_so_and_still_takes_nothing_wrong(
    water_on_sqlite: WaterUnderTest,
) -> None:
    water = water_on_sqlite
    water.registry.away = True
    said = water.client.get("/readyz")
    assert said.status_code == 503
    told = said.json()["detail"]
    assert "registry" in told
    assert "Kafka" in told
    answer = water.post("readings", statement())
    assert (answer.status_code, water.get("readings")["items"]) == (503, [])


def test_every_path_shows_an_example(three: WaterUnderTest) -> None:
    paths = three.client.get("/openapi.json").json()["paths"]
    body = paths["/v1/readings"]["post"]["requestBody"]["content"]["application/json"]
    assert body["example"]["section_name"]
    assert "Ⅱ" in str(paths["/v1/series"]["get"])

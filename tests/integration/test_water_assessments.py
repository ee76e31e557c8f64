"""Assessments over readings that come, change and go, on both kinds of database."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.support.clock import FakeClock
from tests.support.water_months import WaterMonths, final_reading, water_months

from lingqu.metrics import Metrics
from lingqu.service.app import make_app
from lingqu_water.assessments.rule import AssessmentRule, load_rule
from lingqu_water.assessments.store import Wanted
from lingqu_water.endpoints.assessments import router
from lingqu_water.period import Month
from lingqu_water.readings.model import Reading
from lingqu_water.sections.model import Section

pytestmark = pytest.mark.integration

UPPER, LOWER = "43-上断面", "43-下断面"
SECTIONS = [
    Section(UPPER, "上断面", "43", basin="长江流域", target_class="Ⅱ"),
    Section(LOWER, "下断面", "43", basin="长江流域", target_class="Ⅲ"),
]
APRIL, MAY, JUNE = (Month(2021, number) for number in (4, 5, 6))
DAY_MS = 86_400_000
NOW = datetime(2021, 6, 20, tzinfo=UTC)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def water(database_url: str, clock: FakeClock) -> Iterator[WaterMonths]:
    made = water_months(database_url, clock, _rule(), SECTIONS)
    yield made
    made.engine.dispose()


def _rule() -> AssessmentRule:
    """Ask for three readings a month."""
    rule = load_rule()
    automatic = rule.automatic.model_copy(update={"readings_a_day": 1, "min_share": 0.09})
    return rule.model_copy(update={"automatic": automatic})


def reading(section: str, month: Month, day: int, codmn: float, statement: int = 1) -> Reading:
    at_ms = month.from_ms + day * DAY_MS
    as_of_ms = MAY.until_ms + statement
    return final_reading(section, at_ms, as_of_ms, ph=7.5, do=8, codmn=codmn, nh3n=0.1, tp=0.01)


def statements() -> list[Reading]:
    """Return four days of two sections and two months, one of them revised twice."""
    first = [
        reading(section, month, day, 2.0 + day)
        for section in (UPPER, LOWER)
        for month in (APRIL, MAY)
        for day in range(4)
    ]
    return [*first, reading(UPPER, APRIL, 0, 6.0, 2), reading(UPPER, APRIL, 0, 8.0, 3)]


def told(events: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    names = ("section_code", "month", "change", "version", "water_class")
    return [tuple(event[name] for name in names) for event in events]


def test_a_month_is_published_when_asked_for_and_not_twice(water: WaterMonths) -> None:
    water.take(statements())
    assert water.published() == []

    (first,) = water.desk.ask(UPPER, "2021-04")
    (again,) = water.desk.ask(UPPER, "2021-04")

    assert (first.outcome, again.outcome) == ("first", "unchanged")
    assert told(water.published()) == [(UPPER, "2021-04", "first", 1, "Ⅲ")]
    (event,) = water.published()
    assert (event["met"], event["final_readings"], event["origin"]) == (False, 4, "43")


def test_a_revision_changes_exactly_the_assessment_that_stands_on_it(water: WaterMonths) -> None:
    water.take(statements())
    for section in (UPPER, LOWER):
        for month in (APRIL, MAY):
            water.desk.ask(section, str(month))

    water.take([reading(UPPER, APRIL, 1, 20.0, 4)])

    events = water.published()
    assert told(events[4:]) == [(UPPER, "2021-04", "revision", 2, "Ⅳ")]
    assert events[4]["supersedes"] == events[0]["event_id"]


def test_a_repeated_reading_and_one_that_is_not_final_change_nothing(water: WaterMonths) -> None:
    water.take(statements())
    water.desk.ask(UPPER, "2021-04")
    raw = reading(UPPER, APRIL, 9, 50.0)

    water.take(statements())
    water.take([raw._replace(data_level="raw", reviewed_by_org=None, reviewed_at_ms=None)])

    assert len(water.published()) == 1


def test_an_assessment_that_loses_its_data_is_withdrawn(water: WaterMonths) -> None:
    water.take([reading(LOWER, APRIL, day, 3.0) for day in range(3)])
    water.desk.ask(LOWER, "2021-04")

    gone = reading(LOWER, APRIL, 2, 3.0, 2)._replace(
        validity="invalid", validity_reason="质控不合格"
    )
    water.take([gone])

    last = water.published()[-1]
    assert told([last]) == [(LOWER, "2021-04", "withdrawal", 2, None)]
    assert (last["status"], last["excluded_readings"], last["met"]) == ("insufficient", 1, None)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_in_whatever_order_readings_arrive_the_same_assessments_stand(
    water: WaterMonths, seed: int
) -> None:
    shuffled = random.Random(seed).sample(statements(), len(statements()))
    for section in (UPPER, LOWER):
        water.take([reading(section, APRIL, 0, 2.0)])
        water.desk.ask(section, "2021-04")
    for start in range(0, len(shuffled), 3):
        water.take(shuffled[start : start + 3])

    standing = {each.section_code: each.document for each in water.desk.page(Wanted(), None, 10)}

    assert [standing[UPPER][name] for name in ("water_class", "final_readings")] == ["Ⅲ", 4]
    codmn = next(each for each in standing[UPPER]["items"] if each["code"] == "w01019")
    assert codmn["mean"] == 5.0
    assert standing[LOWER]["water_class"] == "Ⅱ"


def test_a_month_is_closed_once_and_ten_days_after_its_end(
    water: WaterMonths, clock: FakeClock
) -> None:
    water.take(statements())

    assert water.close() == "2021-05"
    assert water.close() is None
    assert {event["section_code"] for event in water.published()} == {UPPER, LOWER}

    clock.advance(20 * 86_400)
    assert water.close() is None
    clock.advance(86_400)
    assert water.close() == "2021-06"


def test_months_missed_while_the_hub_was_away_are_closed_in_turn(
    water: WaterMonths, clock: FakeClock
) -> None:
    water.close()
    clock.advance(90 * 86_400)

    assert [water.close() for _ in range(4)] == ["2021-06", "2021-07", "2021-08", None]


def test_what_comes_late_for_a_closed_month_is_assessed_by_itself(water: WaterMonths) -> None:
    water.close()
    assert water.published() == []

    water.take([reading(LOWER, MAY, day, 3.0) for day in range(2)])
    water.take([reading(LOWER, MAY, 2, 3.0), reading(LOWER, APRIL, 2, 3.0)])

    assert told(water.published()) == [
        (LOWER, "2021-05", "first", 1, None),
        (LOWER, "2021-05", "revision", 2, "Ⅱ"),
    ]


@pytest.fixture
def http(water: WaterMonths) -> TestClient:
    app = make_app("water", metrics=Metrics(), ready=list)
    app.include_router(router(water.desk))
    water.take(statements())
    water.take([reading(LOWER, APRIL, 1, 90.0, 5)])
    return TestClient(app)


def test_assessments_are_asked_for_and_listed_in_pages(http: TestClient) -> None:
    asked = http.post("/v1/assessments", json={"month": "2021-04"}).json()
    http.post("/v1/assessments", json={"section": UPPER, "month": "2021-05"})

    assert (asked["assessed"], asked["insufficient"], asked["published"]) == (2, 0, 2)
    first = http.get("/v1/assessments", params={"limit": 2}).json()
    rest = http.get("/v1/assessments", params={"limit": 2, "cursor": first["next"]}).json()
    rows = [(row["month"], row["section_code"]) for row in first["items"] + rest["items"]]
    assert rows == [("2021-05", UPPER), ("2021-04", UPPER), ("2021-04", LOWER)]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"section": LOWER}, [LOWER]),
        ({"met": True}, []),
        ({"water_class": "劣Ⅴ"}, [LOWER]),
        ({"region": "36"}, []),
        ({"basin": "长江流域", "status": "assessed"}, [UPPER, LOWER]),
        ({"from_month": "2021-05"}, []),
        ({"until_month": "2021-04", "met": False}, [UPPER, LOWER]),
    ],
)
def test_lists_are_narrowed(
    http: TestClient, wanted: dict[str, str | bool], expected: list[str]
) -> None:
    http.post("/v1/assessments", json={"section": "all", "month": "2021-04"})
    rows = http.get("/v1/assessments", params=wanted).json()["items"]
    assert [row["section_code"] for row in rows] == expected


def test_every_version_of_an_assessment_can_be_looked_up(
    http: TestClient, water: WaterMonths
) -> None:
    http.post("/v1/assessments", json={"section": UPPER, "month": "2021-04"})
    water.take([reading(UPPER, APRIL, 1, 50.0, 9)])

    versions = http.get(f"/v1/assessments/{UPPER}/2021-04").json()

    assert [(each["version"], each["standing"]) for each in versions] == [(2, True), (1, False)]
    assert versions[0]["supersedes"] == versions[1]["event_id"]


def test_a_basin_of_two_sections_has_shares_and_no_label(http: TestClient) -> None:
    http.post("/v1/assessments", json={"month": "2021-04"})
    (basin,) = http.get("/v1/assessments/basins", params={"month": "2021-04"}).json()
    assert basin == {
        "basin": "长江流域",
        "sections": 2,
        "good_percent": 50.0,
        "worst_percent": 50.0,
        "label": None,
    }


def test_the_pass_rate_leaves_insufficient_months_out(http: TestClient, water: WaterMonths) -> None:
    water.take([reading(LOWER, JUNE, 0, 3.0)])
    for month in ("2021-04", "2021-05", "2021-06"):
        http.post("/v1/assessments", json={"section": LOWER, "month": month})

    wanted = {"from_month": "2021-01", "until_month": "2021-12"}
    (rate,) = http.get("/v1/assessments/pass-rates", params=wanted).json()

    assert rate == {
        "section_code": LOWER,
        "assessed": 2,
        "insufficient": 1,
        "judged": 2,
        "met": 1,
        "percent": 50.0,
    }


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"section": "43-无此断面", "month": "2021-04"}, 404),
        ({"month": "2021-07"}, 409),
        ({"month": "2021-13"}, 422),
        ({"month": "2021-04", "sections": "all"}, 422),
    ],
)
def test_what_cannot_be_assessed_is_refused_in_words(
    http: TestClient, asked: dict[str, str], status: int
) -> None:
    answer = http.post("/v1/assessments", json=asked)
    assert answer.status_code == status
    assert answer.json()["detail"]


@pytest.mark.parametrize(("month", "status"), [("2021-04", 404), ("next", 422)])
def test_an_assessment_that_is_not_there_is_said_to_be_missing(
    http: TestClient, month: str, status: int
) -> None:
    assert http.get(f"/v1/assessments/{UPPER}/{month}").status_code == status

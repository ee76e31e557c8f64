from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session
from tests.support.clock import FakeClock

from lingqu.metrics import Metrics
from lingqu.service.app import make_app
from lingqu.service.database import make_engine, session_factory
from lingqu_water.endpoints.sections import router
from lingqu_water.sections.describing import Describing, Rejudged
from lingqu_water.sections.model import Section
from lingqu_water.sections.store import Sections
from lingqu_water.sections.table import load_sections
from lingqu_water.tables import FROM_READINGS, READING, SECTION, TABLES

pytestmark = pytest.mark.integration

LIYE = "43-里耶镇"
TERMS: dict[str, Any] = {
    "name": "里耶镇",
    "reporting_region": "43",
    "kind": "river",
    "river": "酉水",
    "upstream_region": "50",
    "downstream_regions": ["43", "42"],
    "target_class": "Ⅱ",
    "source": "省厅来函",
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    TABLES.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def sections(engine: Engine, clock: FakeClock) -> Sections:
    made = Sections(engine, clock)
    made.seed(load_sections())
    return made


def judged_nowhere(_session: Session, _section: Section) -> Rejudged:
    """Judge anew what these tests have nothing of: readings."""
    return Rejudged()


@pytest.fixture
def http(engine: Engine, sections: Sections) -> TestClient:
    app = make_app("water", metrics=Metrics(), ready=list)
    describing = Describing(session_factory(engine), sections, judged_nowhere)
    app.include_router(router(sections, describing.put))
    return TestClient(app)


def codes(http: TestClient, **wanted: str | int | bool) -> list[str]:
    answer = http.get("/v1/sections", params=wanted)
    assert answer.status_code == 200, answer.text
    return [one["code"] for one in answer.json()["items"]]


def seen(engine: Engine, code: str, name: str) -> None:
    """Leave the row that a reading of an unknown section leaves."""
    row = {"code": code, "name": name, "reporting_region": "43", "kind": "lake"}
    with engine.begin() as connection:
        connection.execute(insert(SECTION).values(**row, source=FROM_READINGS, verified=False))


def test_a_section_is_what_ships(sections: Sections) -> None:
    assert sections.of(LIYE) == next(one for one in load_sections() if one.code == LIYE)


def test_a_section_known_from_readings_alone_is_a_river_without_a_target(
    engine: Engine, sections: Sections
) -> None:
    seen(engine, "43-某库", "某库")

    assert (sections.of("43-某库").kind, sections.of("43-某库").target_class) == ("river", None)
    assert sections.of("43-从未听说").kind == "river"


def test_seeding_replaces_what_shipped_and_what_readings_left_but_no_declaration(
    engine: Engine, sections: Sections
) -> None:
    source = sections.of(LIYE).source
    seen(engine, "43-某库", "某库")
    sections.put(Section("43-昭山", "昭山", "43", target_class="Ⅱ", source="省厅来函"))

    sections.seed(
        [
            Section(LIYE, "里耶镇", "43", target_class="Ⅳ", source=source),
            Section("43-某库", "某库", "43", "lake", source="新表"),
            Section("43-昭山", "昭山", "43", target_class="Ⅴ", source="新表"),
        ]
    )

    assert sections.of(LIYE).target_class == "Ⅳ"
    assert sections.of("43-某库").kind == "lake"
    assert sections.of("43-昭山").target_class == "Ⅱ"


def test_what_ships_otherwise_waits_where_readings_were_judged_by_what_stood(
    engine: Engine, sections: Sections
) -> None:
    shipped = Section("43-某库", "某库", "43", "river", source="旧表")
    sections.seed([shipped])
    measured = dict.fromkeys(READING.c.keys(), "") | {
        "section_code": "43-某库", "sampled_at_ms": 0, "digest": b"", "as_of_ms": 0, "ordinal": 0,
        "contested": False, "withdrawn": False, "partial": False, "reviewed_at_ms": None,
        "recorded_at_ms": 0,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(READING).values(measured))
    describing = Describing(session_factory(engine), sections, judged_nowhere)

    describing.seed([replace(shipped, kind="lake")])
    assert sections.of("43-某库").kind == "river"
    describing.catch_up()
    assert sections.of("43-某库").kind == "lake"


def test_a_change_by_another_process_is_seen_within_half_a_minute(
    engine: Engine, sections: Sections, clock: FakeClock
) -> None:
    assert sections.of(LIYE).target_class == "Ⅲ"
    Sections(engine, clock).put(Section(LIYE, "里耶镇", "43", target_class="Ⅱ", source="来函"))

    clock.advance(29)
    assert sections.of(LIYE).target_class == "Ⅲ"
    clock.advance(1)
    assert sections.of(LIYE).target_class == "Ⅱ"


def test_sections_are_listed_in_pages(http: TestClient) -> None:
    first = http.get("/v1/sections", params={"limit": 7}).json()
    cursor, found = first["next"], [one["code"] for one in first["items"]]
    while cursor:
        answer = http.get("/v1/sections", params={"limit": 50, "cursor": cursor}).json()
        found += [one["code"] for one in answer["items"]]
        cursor = answer["next"]

    assert found == sorted(section.code for section in load_sections())


@pytest.mark.parametrize(
    ("wanted", "inside", "outside"),
    [
        ({"region": "44"}, "44-山角", LIYE),
        ({"river": "渌水"}, "36-金鱼石", LIYE),
        ({"basin": "珠江流域"}, "36-兴宁电站", LIYE),
        ({"kind": "lake"}, "43-岳阳楼", LIYE),
        ({"downstream_of": "50"}, LIYE, "36-金鱼石"),
        ({"upstream_of": "51"}, "52-清水铺", LIYE),
        ({"upstream_of": "42"}, "43-岳阳楼", LIYE),
        ({"target_class": "Ⅱ"}, "52-鲢鱼溪", LIYE),
        ({"verified": False}, "43-昭山", LIYE),
    ],
)
def test_filters_let_through_what_they_say(
    http: TestClient, wanted: dict[str, str | bool], inside: str, outside: str
) -> None:
    found = codes(http, limit=1000, **wanted)
    assert inside in found
    assert outside not in found


def test_a_region_in_a_filter_is_no_pattern(http: TestClient) -> None:
    assert codes(http, upstream_of="4_") == codes(http, upstream_of="%") == []


def test_an_operators_declaration_takes_effect_at_once(
    http: TestClient, sections: Sections
) -> None:
    assert sections.of(LIYE).target_class == "Ⅲ"

    put = http.put(f"/v1/sections/{LIYE}", json=TERMS)

    assert put.status_code == 200, put.text
    shown = http.get(f"/v1/sections/{LIYE}").json()
    assert put.json() == {**shown, "rejudged": {"readings": 0, "assessments": 0, "alerts": 0}}
    assert shown == {
        "code": LIYE, "basin": None, "function_zone": None, "verified": True, **TERMS,
    }  # fmt: skip
    assert sections.of(LIYE).downstream_regions == ("43", "42")


def test_a_section_nobody_described_is_not_found(http: TestClient) -> None:
    answer = http.get("/v1/sections/43-从未听说")
    assert answer.status_code == 404
    assert "declare it with PUT" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"target_class": "劣Ⅴ"}, "target_class"),
        ({"reporting_region": "湖南"}, "reporting_region"),
        ({"source": ""}, "source"),
        ({"colour": "green"}, "colour"),
    ],
)
def test_a_wrong_declaration_is_refused_at_its_field(
    http: TestClient, wrong: dict[str, str], field: str
) -> None:
    answer = http.put(f"/v1/sections/{LIYE}", json=TERMS | wrong)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == f"body.{field}"

"""Function zones and water resources: declared over HTTP, published, taken over from neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from tests.support.clock import FakeClock
from tests.support.outbox_events import waiting_in
from tests.support.readings import KEY, catalogue, events_of

from lingqu.contracts.model import ContractVersion
from lingqu.domain_service.statements.declarations import Declarations
from lingqu.domain_service.statements.noun import Noun
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.inbox.handler import Received
from lingqu.metrics import Metrics
from lingqu.outbox.model import OUTBOX
from lingqu.service.app import make_app
from lingqu.service.database import make_engine, session_factory
from lingqu_water.declared.noun import RESOURCES, ZONE
from lingqu_water.declared.tables import TABLES
from lingqu_water.endpoints import resources, zones

pytestmark = pytest.mark.integration

BUFFER: dict[str, Any] = {
    "zone_code": "43-渝湘缓冲区",
    "zone_name": "渝湘缓冲区",
    "zone_kind": "buffer",
    "river": "酉水",
    "from_place": "省界",
    "to_place": "里耶镇",
    "reporting_region": "43",
    "target_class": "Ⅲ",
}
STATION: dict[str, Any] = {
    "station_code": "43-桃源",
    "station_name": "桃源",
    "reporting_region": "43",
    "river": "沅江",
    "observed_at": "2026-01-05T15:00:00+08:00",
    "measures": [{"quantity": "flow", "value": 1840.0, "unit": "m³/s"}],
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    TABLES.create_all(made)
    OUTBOX.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def http(engine: Engine, clock: FakeClock) -> TestClient:
    app = make_app("water", metrics=Metrics(), ready=list)
    reading = session_factory(engine, read_only=True)
    for noun, room in ((ZONE, zones), (RESOURCES, resources)):
        declarations = Declarations(
            engine, events_of(), noun, "43", clock, id_key=KEY, version=version_of(noun)
        )
        app.include_router(room.router(declarations, reading))
    return TestClient(app)


def version_of(noun: Noun) -> ContractVersion:
    contract, major = catalogue().by_topic(noun.topic)
    return contract.latest(major)


def declared(http: TestClient, path: str, *statements: dict[str, Any]) -> list[dict[str, Any]]:
    answer = http.post(path, json=list(statements))
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def outcomes(http: TestClient, path: str, *statements: dict[str, Any]) -> list[str]:
    return [one["outcome"] for one in declared(http, path, *statements)]


def waiting(engine: Engine) -> list[str]:
    with session_factory(engine, read_only=True)() as session:
        return [each.topic for each in waiting_in(session)]


def listed(http: TestClient, path: str, **wanted: Any) -> list[dict[str, Any]]:
    answer = http.get(path, params=wanted)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_a_zone_is_declared_repeated_and_revised(http: TestClient, engine: Engine) -> None:
    judged = BUFFER | {"result": "met", "assessed_period": "2025-12", "assessed_class": "Ⅱ"}

    (first,) = declared(http, "/v1/zones", BUFFER)
    (repeat,) = declared(http, "/v1/zones", BUFFER)
    (revision,) = declared(http, "/v1/zones", judged)

    assert [first["outcome"], repeat["outcome"]] == ["first", "repeat"]
    assert repeat["event_id"] == first["event_id"] != revision["event_id"]
    assert waiting(engine) == ["water.function_zone.v1"] * 2
    shown = http.get("/v1/zones/43-渝湘缓冲区").json()
    assert shown["result"] == "met"
    assert (shown["change"], shown["supersedes"]) == ("revision", first["event_id"])


def test_one_call_may_say_two_things_of_one_key(http: TestClient, engine: Engine) -> None:
    said = outcomes(http, "/v1/zones", BUFFER, BUFFER | {"target_class": "Ⅱ"}, BUFFER)

    assert said == ["first", "revision", "revision"]
    assert len(waiting(engine)) == 3
    assert listed(http, "/v1/zones")[0]["target_class"] == "Ⅲ"


def test_a_broken_rule_refuses_the_whole_call_and_says_where(
    http: TestClient, engine: Engine
) -> None:
    wrong = BUFFER | {"zone_code": "43-另一区", "result": "met"}

    answer = http.post("/v1/zones", json=[BUFFER, wrong])

    assert answer.status_code == 422
    (refused,) = answer.json()["refused"]
    assert (refused["index"], refused["rule"]) == (1, "result_names_its_period")
    assert not waiting(engine)
    assert not listed(http, "/v1/zones")


def test_a_withdrawn_zone_is_gone_and_may_be_declared_again(
    http: TestClient, engine: Engine
) -> None:
    declared(http, "/v1/zones", BUFFER)
    path, why = "/v1/zones/43-渝湘缓冲区", {"reason": "区划调整"}

    withdrawn = http.delete(path, params=why)

    assert withdrawn.json()["results"][0]["outcome"] == "withdrawal"
    assert http.get(path).status_code == http.delete(path, params=why).status_code == 404
    assert outcomes(http, "/v1/zones", BUFFER) == ["revision"]
    assert http.get(path).status_code == 200
    assert len(waiting(engine)) == 3


def test_figures_are_kept_by_station_time_and_period(http: TestClient, engine: Engine) -> None:
    day = STATION | {"period": "day", "from_at": "2026-01-04T15:00:00+08:00"}
    later = STATION | {"observed_at": "2026-01-05T16:00:00+08:00"}

    assert outcomes(http, "/v1/resources", STATION, day, later) == ["first"] * 3
    assert outcomes(http, "/v1/resources", later) == ["repeat"]
    assert waiting(engine) == ["water.resource.v1"] * 3
    times = [one["observed_at"] for one in listed(http, "/v1/resources", station="43-桃源")]
    assert times == ["2026-01-05T07:00:00+00:00"] * 2 + ["2026-01-05T08:00:00+00:00"]


def test_withdrawn_figures_leave_no_figure_on_the_topic(http: TestClient, engine: Engine) -> None:
    declared(http, "/v1/resources", STATION)

    answer = http.delete(
        "/v1/resources/43-桃源",
        params={"observed_at": STATION["observed_at"], "reason": "仪器故障"},
    )

    assert answer.status_code == 200, answer.text
    assert listed(http, "/v1/resources") == []
    with session_factory(engine, read_only=True)() as session:
        document = orjson.loads(session.scalars(select(RESOURCES.table.c.document)).one())
    assert (document["measures"], document["validity_reason"]) == ([], "仪器故障")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"region": "43"}, 1),
        ({"region": "44"}, 0),
        ({"river": "沅江", "period": "instant"}, 1),
        ({"level": "final"}, 0),
        ({"from": "2026-01-05T15:00:00+08:00"}, 1),
        ({"to": "2026-01-05T15:00:00+08:00"}, 0),
    ],
)
def test_figures_are_filtered(http: TestClient, wanted: dict[str, str], found: int) -> None:
    declared(http, "/v1/resources", STATION)
    assert len(listed(http, "/v1/resources", **wanted)) == found


def test_lists_come_in_pages(http: TestClient) -> None:
    hours = [f"2026-01-05T{hour:02}:00:00+08:00" for hour in range(9)]
    declared(http, "/v1/resources", *(STATION | {"observed_at": hour} for hour in hours))

    seen, cursor = 0, None
    while True:
        query = {"limit": "4"} | ({"cursor": cursor} if cursor else {})
        answer = http.get("/v1/resources", params=query).json()
        seen += len(answer["items"])
        cursor = answer["next"]
        if cursor is None:
            break

    assert seen == 9


def neighbours(number: int, at_ms: int, **terms: Any) -> Received:
    event = {
        **BUFFER,
        "zone_code": "45-桂湘缓冲区",
        "result": "not_assessed",
        "event_id": f"0197b1de-7c00-7000-8000-{number:012}",
        "occurred_at": at_ms,
        "origin": "45",
        "change": "first" if number == 1 else "revision",
        **terms,
    }
    return Received(event, 0, number)


def arrive(engine: Engine, noun: Noun, *events: Received) -> None:
    for event in events:
        with session_factory(engine).begin() as session:
            Shelf(noun).handle(session, noun.topic, [event])


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_a_neighbour_said_last_stands_whatever_came_first(
    http: TestClient, engine: Engine, order: tuple[int, ...]
) -> None:
    events = [
        neighbours(1, 1000, target_class="Ⅱ"),
        neighbours(2, 2000, target_class="Ⅲ"),
        neighbours(3, 2000, target_class="Ⅳ"),
    ]

    arrive(engine, ZONE, *(events[place] for place in order))

    assert [one["target_class"] for one in listed(http, "/v1/zones")] == ["Ⅳ"]


def test_a_neighbours_withdrawal_removes_its_zone(http: TestClient, engine: Engine) -> None:
    arrive(engine, ZONE, neighbours(1, 1000), neighbours(2, 2000, change="withdrawal"))
    assert listed(http, "/v1/zones") == []


def test_only_the_region_that_declared_a_zone_changes_it(http: TestClient, engine: Engine) -> None:
    arrive(engine, ZONE, neighbours(1, 1000))

    answer = http.post("/v1/zones", json=[BUFFER | {"zone_code": "45-桂湘缓冲区", "river": "湘江"}])

    assert answer.status_code == 409
    assert "was declared by region 45" in answer.json()["detail"]


def test_own_events_that_come_back_are_known(http: TestClient, engine: Engine) -> None:
    (first,) = declared(http, "/v1/zones", BUFFER)
    with session_factory(engine, read_only=True)() as session:
        known = Shelf(ZONE).known(session, [first["event_id"], "another"])
    assert known == {first["event_id"]}

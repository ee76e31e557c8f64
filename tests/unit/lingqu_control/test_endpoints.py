"""Control over HTTP, without the threads that reach for Kafka."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.unit.lingqu_control.desks import agreement, desk, document

from lingqu.kafka.settings import KafkaSettings
from lingqu.metrics import Metrics
from lingqu.service.app import make_app
from lingqu_control.endpoints import agreements, apply, connectors, feeds, partners


@pytest.fixture
def http(tmp_path: Path) -> TestClient:
    app = make_app("control", metrics=Metrics(), ready=list)
    url = f"sqlite:///{tmp_path}/control.sqlite"
    for room in (apply, partners, agreements, feeds):
        app.include_router(room.router(desk(tmp_path, url=url)))
    app.include_router(connectors.router(desk(tmp_path, url=url), KafkaSettings()))
    return TestClient(app)


def test_a_document_is_applied_and_seen(http: TestClient) -> None:
    applied = http.post("/v1/apply", json=document(agreement()))

    assert applied.status_code == 200
    assert applied.json()["agreements"][0]["state"] == "active"
    (listed,) = http.get("/v1/agreements").json()["items"]
    assert (listed["id"], listed["paused"]) == ("reading-to-south", False)
    shown = http.get("/v1/agreements/reading-to-south").json()
    assert shown["view"]["withheld"] == ["operator"]
    assert shown["history"][0]["to_state"] == "draft"
    assert http.get("/v1/partners/south-office").json()["region"] == "44"


def test_lists_come_in_pages(http: TestClient) -> None:
    http.post("/v1/apply", json=document())

    first = http.get("/v1/partners", params={"limit": 1}).json()
    rest = http.get("/v1/partners", params={"limit": 1, "cursor": first["next"]}).json()

    assert [one["id"] for one in (*first["items"], *rest["items"])] == [
        "north-office",
        "south-office",
    ]
    assert rest["next"] is None


def test_a_feed_is_paused_and_resumed(http: TestClient) -> None:
    http.post("/v1/apply", json=document(agreement()))

    paused = http.post("/v1/feeds/reading-south/pause").json()
    resumed = http.post("/v1/feeds/reading-south/resume").json()

    assert (paused["paused"], paused["flows"]) == (True, False)
    assert (resumed["paused"], resumed["flows"]) == (False, True)
    assert (resumed["direction"], resumed["region"]) == ("out", "44")


def test_a_feeds_limits_are_shown_where_its_delivery_is(http: TestClient) -> None:
    limits = {"events_per_s": 200, "requests": 2}
    folder = agreement()["delivery"]
    http.post("/v1/apply", json=document(agreement(delivery={**folder, "limits": limits})))

    assert http.get("/v1/feeds/reading-south").json()["limits"] == limits
    shown = http.get("/v1/agreements/reading-to-south").json()
    assert shown["document"]["delivery"]["limits"] == limits
    config = http.get("/connectors/reading-south/config").json()
    assert (config["limits.events_per_s"], config["limits.requests"]) == ("200", "2")


def test_a_feed_without_limits_shows_none(http: TestClient) -> None:
    http.post("/v1/apply", json=document(agreement()))

    assert http.get("/v1/feeds/reading-south").json()["limits"] is None
    shown = http.get("/v1/agreements/reading-to-south").json()
    assert "limits" not in shown["document"]["delivery"], "what is signed is as it was"


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({}, "name events_per_s, bytes_per_s or requests, or leave limits out"),
        ({"events_per_s": 0}, "events_per_s"),
        ({"events": 5}, "events"),
    ],
)
def test_limits_that_say_nothing_are_refused(
    http: TestClient, limits: dict[str, int], said: str
) -> None:
    folder = agreement()["delivery"]
    answer = http.post("/v1/apply", json=document(agreement(delivery={**folder, "limits": limits})))

    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_an_agreement_is_suspended_resumed_and_ended(http: TestClient) -> None:
    http.post("/v1/apply", json=document(agreement()))
    path = "/v1/agreements/reading-to-south"

    assert http.post(f"{path}/suspend").json()["state"] == "suspended"
    assert http.post(f"{path}/resume", json={"reason": "checked"}).json()["state"] == "active"
    assert http.post(f"{path}/end", json={"reason": "over"}).json()["state"] == "revoked"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("POST", "/v1/apply", {"region": "43", "agreement": []}, 422, "did you mean 'agreements'?"),
        ("POST", "/v1/apply", {"region": "44"}, 409, "this is the hub of 43"),
        ("POST", "/v1/agreements/x/suspend", None, 404, "no agreement named 'x'"),
        ("POST", "/v1/agreements/x/end", None, 422, "the request is not valid"),
        ("GET", "/v1/feeds/x", None, 404, "no feed named 'x'"),
        ("GET", "/v1/partners/x", None, 404, "no partner named 'x'"),
        ("GET", "/v1/feeds?cursor=x", None, 400, "the cursor is none of 'feeds'"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    http: TestClient, method: str, path: str, body: Any, status: int, said: str
) -> None:
    answer = http.request(method, path, json=body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]

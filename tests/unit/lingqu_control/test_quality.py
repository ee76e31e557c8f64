"""A scorecard of a day made by hand, kept as processes tell it and shown over HTTP."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.unit.lingqu_control.desks import desk

from lingqu.inbox.decoding import Raw
from lingqu.inbox.json_records import JsonDecoder
from lingqu.metrics import Metrics
from lingqu.quality.score import Score, Series
from lingqu.quality.told import Told
from lingqu.service.app import make_app
from lingqu_control.desk import Desk
from lingqu_control.endpoints import quality
from lingqu_control.quality.keeping import Keeping, forget, read_told

DAY, NEXT = "2026-01-05", "2026-01-06"


@pytest.fixture
def one(tmp_path: Path) -> Desk:
    terms = {"latency_s": 3600, "completeness_percent": 95.0}
    return desk(tmp_path, url=f"sqlite:///{tmp_path}/control.sqlite", sla=terms)


@pytest.fixture
def http(one: Desk) -> TestClient:
    app = make_app("control", metrics=Metrics(), ready=list)
    app.include_router(quality.router(one))
    return TestClient(app)


def told(
    score: Score, producer: str = "lims", *, run: str = "r1", hub: str = "43", **place: str
) -> Told:
    named = {"day": DAY, "contract": "demo.reading", "origin": "43", **place}
    return Told.of(hub, run, Series(**named, producer=producer), score)


def tell(one: Desk, *records: Told | bytes) -> None:
    """Give the records to control as its inbox does, from the bytes of the topic."""
    payloads = [each if isinstance(each, bytes) else _body(each) for each in records]
    raw = [Raw(0, offset, payload) for offset, payload in enumerate(payloads)]
    good, broken = JsonDecoder(read_told).decode("lingqu.quality.v1", raw)
    assert len(broken) == sum(isinstance(each, bytes) for each in records)
    with one.store.writing() as session:
        for documents in good:
            Keeping("43").handle(session, "lingqu.quality.v1", documents.received(()))


def _body(record: Told) -> bytes:
    return record.model_dump_json().encode()


def good(accepted: int = 1, **counts: Any) -> Score:
    return Score(accepted, changes=Counter(first=accepted), **counts)


def hand_made_day() -> list[Told]:
    """Ten from a laboratory in two runs, three from a station; one next day, one of a neighbour."""
    morning = Score(
        accepted=6,
        repeats=2,
        timed=5,
        on_time=4,
        refused=Counter(value_not_negative=2),
        changes=Counter(first=4, revision=1, withdrawal=1),
        filled=Counter(value=5, note=1),
        asked=Counter(value=5, note=5),
    )
    evening = good(4, timed=4, on_time=4, filled=Counter(value=3), asked=Counter(value=4, note=4))
    return [
        told(morning),
        told(evening, run="r2"),
        told(Score(refused=Counter(wrong_region=1), repeats=1), "gateway", origin="4301"),
        told(good(3), "gateway", origin="4301", run="r2"),
        told(good(7), day=NEXT),
        told(good(1000), hub="44"),
    ]


def test_the_scorecard_of_a_day_made_by_hand(one: Desk, http: TestClient) -> None:
    tell(one, *hand_made_day(), b"{}", b"junk")
    card = http.get("/v1/quality/demo.reading", params={"from": DAY, "to": DAY}).json()
    assert {name: card[name] for name in ("latency_s", "promised_completeness_percent")} == {
        "latency_s": 3600,
        "promised_completeness_percent": 95.0,
    }
    assert card["score"] == {
        "accepted": 13,
        "refused": 3,
        "repeats": 3,
        "revisions": 1,
        "withdrawals": 1,
        "timed": 9,
        "on_time": 8,
        "completeness_percent": 50.0,
        "validity_percent": 81.25,
        "timeliness_percent": 88.89,
        "refused_by": {"value_not_negative": 2, "wrong_region": 1},
        "fields": {
            "note": {"filled": 1, "asked": 9, "percent": 11.11},
            "value": {"filled": 8, "asked": 9, "percent": 88.89},
        },
    }
    assert [day["day"] for day in card["days"]] == [DAY]
    assert [
        (who["origin"], who["producer"], who["score"]["accepted"], who["score"]["validity_percent"])
        for who in card["producers"]
    ] == [("43", "lims", 10, 83.33), ("4301", "gateway", 3, 75.0)]


def test_a_total_told_again_or_a_newer_one_takes_the_place_of_the_old(
    one: Desk, http: TestClient
) -> None:
    tell(one, told(good(2)), told(good(2)), told(good(5)))
    tell(one, told(good(5)))
    (item,) = http.get("/v1/quality?from=2026-01-01&to=2026-01-31").json()["items"]
    assert item["score"]["accepted"] == 5


def test_scores_come_in_pages_and_can_be_chosen(one: Desk, http: TestClient) -> None:
    tell(one, *hand_made_day())
    query: dict[str, Any] = {"to": NEXT, "limit": 2}
    first = http.get("/v1/quality", params=query).json()
    rest = http.get("/v1/quality", params={**query, "cursor": first["next"]}).json()
    places = [(i["day"], i["origin"], i["producer"]) for p in (first, rest) for i in p["items"]]
    assert places == [(DAY, "43", "lims"), (DAY, "4301", "gateway"), (NEXT, "43", "lims")]
    assert rest["next"] is None
    chosen = http.get("/v1/quality", params={"to": NEXT, "producer": "gateway"}).json()["items"]
    assert [item["origin"] for item in chosen] == ["4301"]
    assert http.get("/v1/quality", params={"origin": "4301"}).json()["items"] == chosen


def test_where_nothing_was_published_everything_is_zero_and_no_share_is_made_up(
    http: TestClient,
) -> None:
    assert http.get("/v1/quality").json() == {"items": [], "next": None}
    card = http.get("/v1/quality/demo.reading").json()
    assert (card["first_day"], card["last_day"]) == ("2025-12-07", DAY)
    assert (card["days"], card["producers"], card["score"]["accepted"]) == ([], [], 0)
    assert card["score"]["validity_percent"] is None


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/v1/quality/demo.x", 404, "no contract named 'demo.x'; there are: demo.reading"),
        ("/v1/quality?from=2026-01-06", 422, "from 2026-01-06 to 2026-01-05"),
        ("/v1/quality?from=yesterday", 422, "the request is not valid"),
        ("/v1/quality?cursor=x", 400, "the cursor is none of 'quality'"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    http: TestClient, path: str, status: int, said: str
) -> None:
    answer = http.get(path)
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_scores_are_kept_for_two_years(one: Desk, http: TestClient) -> None:
    tell(one, told(good(), day="2024-01-05"), told(good(), day="2024-01-04"))
    with one.store.writing() as session:
        forget(session, date(2026, 1, 5))
    (item,) = http.get("/v1/quality?from=2020-01-01").json()["items"]
    assert item["day"] == "2024-01-05"

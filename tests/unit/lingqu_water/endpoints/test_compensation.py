"""Compensation over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter
from tests.unit.lingqu_water.compensation.books import Booking, booking, corrected, measured, months
from tests.unit.lingqu_water.compensation.given import (
    agreement,
    class_rule,
    document,
    round_document,
    transfer,
)

from lingqu.metrics import Metrics
from lingqu.service.app import make_app
from lingqu.service.database import session_factory
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.answers import AccountDetail
from lingqu_water.compensation.examples import ACCOUNT_EXAMPLE, AGREEMENT_EXAMPLE
from lingqu_water.endpoints import compensation

APRIL = "/v1/compensation/accounts/shili/2021-04"
SIGNED = {"org": "湖南省财政厅", "person": "张三"}
PAYMENT = ACCOUNT_EXAMPLE["account"]["payments"][0]
EXAMPLE = agreement(id="lizi", title="示例河(示例)", example=True)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Booking]:
    with booking(agreement(), EXAMPLE, url=f"sqlite:///{tmp_path}/water.sqlite") as books:
        yield books


@pytest.fixture
def http(books: Booking) -> TestClient:
    app = make_app("water", metrics=Metrics(), ready=list)
    reading = session_factory(books.taken.engine, read_only=True)
    app.include_router(compensation.router(books.sessions, reading, books.book))
    return TestClient(app)


def test_agreements_are_listed_with_their_labels(http: TestClient) -> None:
    first = http.get("/v1/compensation/agreements", params={"limit": 1}).json()
    rest = http.get("/v1/compensation/agreements", params={"cursor": first["next"]}).json()

    assert [(one["id"], one["example"], one["ours"]) for one in first["items"]] == [
        ("lizi", True, False)
    ]
    assert [(one["id"], one["origin"]) for one in rest["items"]] == [("shili", "file")]
    assert rest["next"] is None
    only = http.get("/v1/compensation/agreements", params={"example": False, "party": "43"})
    assert [one["id"] for one in only.json()["items"]] == ["shili"]


def test_an_agreement_is_read_changed_and_loaded_again(http: TestClient, books: Booking) -> None:
    books.take(*months(4))
    path = "/v1/compensation/agreements/shili"
    shown = http.get(path).json()["document"]
    tiers = shown["rounds"][0]["rule"]["tiers"]
    tiers[0]["transfers"][0]["amount_wan"] = 70

    put = http.put(path, json=shown, params={"by": "湖南省财政厅"})

    assert put.status_code == 200
    assert put.json()["agreement"]["origin"] == "operator"
    assert http.get(APRIL).json()["account"]["payments"][0]["amount"] == "70万元"


def test_an_agreement_that_waits_for_its_amounts_says_so(http: TestClient) -> None:
    tiers = [
        {
            "classes": ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"],
            "transfers": [transfer("43", "50", None)],
        }
    ]
    wanting = document(round_document(rule=class_rule(tiers=tiers)), id="xin")

    put = http.put("/v1/compensation/agreements/xin", json=wanting)

    assert put.json()["agreement"]["missing"] == ["第一轮:金额未录入"]


def test_an_account_shows_the_readings_its_figures_stand_on(
    http: TestClient, books: Booking
) -> None:
    doubt = {"validity": "doubtful", "validity_reason": "数值长时间不变"}
    books.take(*months(4), measured(4, 2, 13.6, **doubt))

    shown = http.get(APRIL).json()

    assert shown["account"]["tested_class"] == "Ⅱ"
    assert [one["net_fen"] for one in shown["account"]["statements"]] == [40_000_000, -40_000_000]
    (readings,) = shown["readings"]
    assert [one["values"]["w01019"] for one in readings["used"]] == [2.4, 2.4]
    assert [one["reason"] for one in readings["excluded"]] == ["存疑:数值长时间不变"]
    heads = {one.event_id for one in books.taken.heads()}
    assert {one["event_id"] for one in (*readings["used"], *readings["excluded"])} == heads


def test_a_closed_account_keeps_its_readings_and_shows_what_it_would_be_today(
    http: TestClient, books: Booking
) -> None:
    books.take(*months(4))
    before = http.get(APRIL).json()
    closed = http.post(f"{APRIL}/close", json=SIGNED).json()
    books.take(corrected(measured(4, 0), 40.0))

    after = http.get(APRIL).json()

    assert (closed["account"]["state"], closed["account"]["closed"]) == ("claimed", True)
    assert after["readings"] == before["readings"]
    assert after["account"]["payments"] == before["account"]["payments"]
    assert after["would_be_today"][0]["payer"] == "50"
    assert [one["state"] for one in after["messages"]] == ["claimed"]


def test_a_claim_is_answered_and_the_account_settled(http: TestClient, books: Booking) -> None:
    books.take(*months(4))
    claim = http.post(f"{APRIL}/close", json=SIGNED).json()["account"]["event_id"]
    event = {
        "event_id": "answer-of-50",
        "occurred_at": 1_900_000_000_000,
        "origin": "50",
        "change": "first",
        "agreement_id": "shili",
        "period": "2021-04",
        "state": "confirmed",
        "refers_to": claim,
        "statements": [],
    }
    books.receive(event)

    paid = {**SIGNED, "voucher_no": "国库拨字第1号", "paid_on": "2021-05-18"}
    settled = http.post(f"{APRIL}/settle", json=paid)

    assert settled.json()["account"]["state"] == "settled"
    said = [(one["origin"], one["state"]) for one in settled.json()["messages"]]
    assert ("50", "confirmed") in said
    assert ("43", "settled") in said


def test_accounts_are_filtered_and_come_in_pages(http: TestClient, books: Booking) -> None:
    books.take(*months(3, 4), measured(5))

    def listed(**wanted: Any) -> list[tuple[str, str]]:
        found = http.get("/v1/compensation/accounts", params=wanted).json()["items"]
        return [(one["agreement"], one["period"]) for one in found]

    assert len(listed()) == 6
    assert listed(agreement="shili", status="insufficient") == [("shili", "2021-05")]
    assert listed(party="44") == []
    assert listed(year=2020) == []
    first = http.get("/v1/compensation/accounts", params={"limit": 4}).json()
    assert listed(cursor=first["next"]) == [("shili", "2021-04"), ("shili", "2021-05")]


def test_statements_show_one_partys_side_period_by_period(http: TestClient, books: Booking) -> None:
    books.take(*months(3), *months(4, codmn=40.0))
    wanted: dict[str, str | int] = {"agreement": "shili", "party": "43", "limit": 1}

    first = http.get("/v1/compensation/statements", params=wanted).json()
    rest = http.get(
        "/v1/compensation/statements", params={**wanted, "cursor": first["next"]}
    ).json()

    rows = [*first["items"], *rest["items"]]
    assert [(one["period"], one["party_name"], one["net"]) for one in rows] == [
        ("2021-03", "湖南省", "-40万元"),
        ("2021-04", "湖南省", "40万元"),
    ]
    assert rest["next"] is None


def test_an_accident_is_declared_by_a_person(http: TestClient, books: Booking) -> None:
    terms = round_document(rule=class_rule(on_accident=[transfer("50", "43", "80")]))
    http.put("/v1/compensation/agreements/shili", json=document(terms))
    books.take(*months(4))

    said = http.put(f"{APRIL}/accident", json={**SIGNED, "reason": "联合调查组认定"})

    assert said.status_code == 204
    assert http.get(APRIL).json()["account"]["outcome"] == "accident"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("GET", "agreements/x", None, 404, "no compensation agreement 'x'; there are: lizi"),
        ("PUT", "agreements/x", document(), 422, "the path says 'x'"),
        ("PUT", "agreements/shili", document(colour="blue"), 422, "body.colour"),
        ("PUT", "agreements/shili", document(parties=[]), 422, "body.parties"),
        ("GET", "accounts/shili/2021-04", None, 404, "has no account for 2021-04"),
        ("GET", "accounts/shili/April", None, 422, "is no period"),
        ("GET", "accounts?cursor=x", None, 400, "the cursor is none of 'accounts'"),
        ("GET", "accounts?state=lost", None, 422, "query.state"),
        ("POST", "accounts/lizi/2021-04/close", SIGNED, 409, "示例"),
        ("POST", "accounts/shili/2021-04/close", {}, 422, "body.org"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    http: TestClient, method: str, path: str, body: Any, status: int, said: str
) -> None:
    answer = http.request(method, f"/v1/compensation/{path}", json=body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]


def test_the_description_shows_an_agreement_that_can_be_loaded(http: TestClient) -> None:
    described = http.get("/openapi.json").json()

    put = described["paths"]["/v1/compensation/agreements/{agreement_id}"]["put"]
    (example,) = put["requestBody"]["content"]["application/json"]["schema"]["examples"]
    assert Agreement.model_validate(example) == Agreement.model_validate(AGREEMENT_EXAMPLE)
    account = described["paths"]["/v1/compensation/accounts/{agreement_id}/{period}"]["get"]
    shown = account["responses"]["200"]["content"]["application/json"]["example"]
    assert shown["account"]["payments"] == [
        {name: value for name, value in PAYMENT.items() if value is not None}
    ]


def test_the_example_of_an_account_has_the_shape_of_one() -> None:
    detail = TypeAdapter(AccountDetail).validate_python(ACCOUNT_EXAMPLE)

    assert detail.account.statements[0].party_name == "湖南省"
    assert detail.sections[0].means[0].name == "高锰酸盐指数"

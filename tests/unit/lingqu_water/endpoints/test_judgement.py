"""Judging given values over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from lingqu.metrics import Metrics
from lingqu.service.app import make_app
from lingqu_water.endpoints.judgement import router
from lingqu_water.judgement.classify import shipped_judge
from lingqu_water.judgement.indices import Indices
from lingqu_water.judgement.items import shipped_items
from lingqu_water.judgement.labels import Labels

LAKE = {"tp": 0.05, "tn": 1.0, "transparency": 0.5, "codmn": 4.0}


@pytest.fixture
def http() -> TestClient:
    app = make_app("water", metrics=Metrics(), ready=list)
    app.include_router(router(shipped_judge(), Labels(), Indices(shipped_items())))
    return TestClient(app)


def ask(http: TestClient, *items: dict[str, Any], **question: str) -> dict[str, Any]:
    answer = http.post("/v1/judgement", json={"on": "2021-04-01", "items": items, **question})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_values_are_judged_by_code_or_key(http: TestClient) -> None:
    told = ask(http, {"item": "tp", "value": 0.25}, {"item": "w01019", "value": 2.1})
    assert (told["water_class"], told["label"], told["colour"]) == ("Ⅳ", "轻度污染", "黄")
    assert (told["partial"], told["standard"]) == (True, "GB 3838-2002")
    (pollutant,) = told["pollutants"]
    assert (pollutant["name"], pollutant["limit"], pollutant["multiple"]) == ("总磷", 0.2, 0.25)
    classes = {item["name"]: (item["water_class"], item["limit"]) for item in told["items"]}
    assert classes == {"总磷": ("Ⅳ", 0.2), "高锰酸盐指数": ("Ⅱ", 6.0)}


def test_a_value_below_detection_is_judged_by_its_limit(http: TestClient) -> None:
    told = ask(http, {"item": "hg", "detection_limit": 0.04, "unit": "μg/L"})
    assert told["water_class"] == "Ⅰ"


def test_lakes_have_their_own_limits_and_a_trophic_level(http: TestClient) -> None:
    items = [{"item": key, "value": value} for key, value in LAKE.items()]
    chlorophyll = {"item": "chla", "value": 10, "unit": "mg/m³"}
    told = ask(http, *items, chlorophyll, water_body="lake", target_class="Ⅱ")
    assert told["water_class"] == "Ⅲ"
    assert told["indices"]["tli"] == pytest.approx(50.49, abs=0.01)
    assert told["indices"]["trophic_state"] == "轻度富营养"
    assert [each["limit"] for each in told["pollutants"]] == [0.025]


def test_without_a_judged_item_there_is_no_class(http: TestClient) -> None:
    told = ask(http, {"item": "tn", "value": 3.0})
    assert (told["water_class"], told["label"], told["partial"]) == (None, None, True)


@pytest.mark.parametrize(
    ("item", "status"),
    [
        ({"item": "codnm", "value": 1}, 404),
        ({"item": "codmn"}, 422),
        ({"item": "codmn", "value": 1, "detection_limit": 1}, 422),
        ({"item": "codmn", "value": "1e999"}, 422),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_words(
    http: TestClient, item: dict[str, Any], status: int
) -> None:
    answer = http.post("/v1/judgement", json={"on": "2021-04-01", "items": [item]})
    assert answer.status_code == status
    assert answer.json()["detail"]

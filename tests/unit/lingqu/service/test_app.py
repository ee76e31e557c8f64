from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import Body, FastAPI
from pydantic import BaseModel
from starlette.testclient import TestClient

from lingqu.errors import (
    ConflictError,
    FencedError,
    ForbiddenError,
    LingquError,
    NotFoundError,
    UnavailableError,
)
from lingqu.metrics import Metrics
from lingqu.service.app import make_app


class Reading(BaseModel):
    depth: int


def app_with(ready: list[str] | None = None, metrics: Metrics | None = None) -> FastAPI:
    app = make_app(
        "trial", metrics=metrics or Metrics(), ready=lambda: ready or [], max_body_bytes=1000
    )

    @app.post("/v1/readings")
    def post(reading: Reading) -> int:
        return reading.depth

    @app.post("/v1/echo")
    def echo(body: Annotated[Any, Body()]) -> Any:
        return body

    return app


def failing_with(error: Exception) -> TestClient:
    app = app_with()

    @app.get("/v1/fails")
    def fails() -> None:
        raise error

    return TestClient(app, raise_server_exceptions=False)


def test_alive_says_so() -> None:
    assert TestClient(app_with()).get("/healthz").json() == {"status": "alive"}


def test_ready_when_nothing_is_missing() -> None:
    assert TestClient(app_with()).get("/readyz").json() == {"status": "ready"}


def test_not_ready_names_what_is_missing() -> None:
    answer = TestClient(app_with(["no broker answers", "no database"])).get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["missing"] == ["no broker answers", "no database"]
    assert answer.headers["retry-after"] == "2"


def test_openapi_is_3_1_and_no_page_loads_foreign_scripts() -> None:
    client = TestClient(app_with())

    assert client.get("/openapi.json").json()["openapi"].startswith("3.1")
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404


def test_a_request_that_is_not_valid_names_the_field_and_not_the_value() -> None:
    answer = TestClient(app_with()).post("/v1/readings", json={"depth": "Zhang San"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "body.depth"
    assert "Zhang San" not in answer.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundError("no such thing"), 404),
        (ForbiddenError("not for you"), 403),
        (ConflictError("already there"), 409),
        (FencedError("taken over"), 500),
        (LingquError("it broke"), 500),
    ],
)
def test_an_error_of_ours_is_a_problem_with_its_sentence(error: LingquError, status: int) -> None:
    answer = failing_with(error).get("/v1/fails")

    assert (answer.status_code, answer.json()["detail"]) == (status, str(error))
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("asked", "said"), [(None, "5"), (1.2, "2")])
def test_what_may_succeed_later_says_when(asked: float | None, said: str) -> None:
    answer = failing_with(UnavailableError("away", retry_after_s=asked)).get("/v1/fails")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == said


def test_an_unforeseen_failure_tells_nothing_of_its_inside() -> None:
    answer = failing_with(ValueError("secret of Zhang San")).get("/v1/fails")

    assert answer.status_code == 500
    assert answer.json()["title"] == "Internal Server Error"
    assert "Zhang San" not in answer.text


def test_an_unknown_path_says_where_the_known_ones_are() -> None:
    assert "/openapi.json" in TestClient(app_with()).get("/nope").json()["detail"]


def test_a_body_over_the_limit_is_refused_by_its_length() -> None:
    answer = TestClient(app_with()).post("/v1/echo", json="x" * 1000)

    assert answer.status_code == 413
    assert "1000 bytes" in answer.json()["detail"]


def test_a_body_over_the_limit_is_refused_as_it_arrives() -> None:
    def chunks() -> Iterator[bytes]:
        yield json.dumps(["x" * 600]).encode()
        yield b" " * 600

    answer = TestClient(app_with()).post("/v1/echo", content=chunks())

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_at_the_limit_passes() -> None:
    assert TestClient(app_with()).post("/v1/echo", json="x" * 998).status_code == 200


def test_a_path_that_streams_has_a_limit_of_its_own() -> None:
    def post(body: Annotated[Any, Body()]) -> int:
        return len(body)

    small = make_app(
        "trial", metrics=Metrics(), ready=list, max_body_bytes=10, body_limits={"/v1/files": 50_000}
    )
    small.post("/v1/files")(post)
    small.post("/v1/notes")(post)
    client = TestClient(small)
    assert client.post("/v1/files", json="x" * 1000).status_code == 200
    assert client.post("/v1/notes", json="x" * 1000).status_code == 413
    assert client.post("/v1/files", json="x" * 60_000).status_code == 413

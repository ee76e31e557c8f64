from __future__ import annotations

from fastapi import APIRouter
from starlette.testclient import TestClient

from lingqu.metrics import Metrics
from lingqu.service.app import make_app
from lingqu.service.metrics import REQUESTS


def observed() -> tuple[TestClient, Metrics]:
    metrics = Metrics()
    app = make_app("trial", metrics=metrics, ready=list)
    router = APIRouter(prefix="/readings")

    @router.get("/{number}")
    def reading(number: int) -> int:
        return number

    app.include_router(router, prefix="/v1")
    return TestClient(app), metrics


def count(metrics: Metrics, method: str, route: str, status: str) -> float:
    return metrics.value(REQUESTS, service="trial", method=method, route=route, status=status)


def test_requests_are_counted_under_the_whole_template_of_their_route() -> None:
    client, metrics = observed()
    for number in range(3):
        client.get(f"/v1/readings/{number}")
    client.get("/v1/readings/none")

    assert count(metrics, "GET", "/v1/readings/{number}", "200") == 3
    assert count(metrics, "GET", "/v1/readings/{number}", "422") == 1


def test_unknown_paths_and_methods_make_no_labels_of_their_own() -> None:
    client, metrics = observed()
    client.get("/a/1")
    client.get("/a/2")
    client.request("BREW", "/a/3")

    assert count(metrics, "GET", "unmatched", "404") == 2
    assert count(metrics, "other", "unmatched", "404") == 1


def test_metrics_are_served_in_the_prometheus_text_format() -> None:
    client, _ = observed()
    client.get("/healthz")
    answer = client.get("/metrics")

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'route="/healthz",service="trial",status="200"} 1.0' in answer.text

"""The client: addresses, answers and errors."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest

from lingqu.client import HubAddresses, RefusedError, ServiceClient, service_url
from lingqu.errors import ConfigurationError, UnavailableError


def client(answer: httpx2.Response | Exception) -> ServiceClient:
    def handle(_request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    transport = httpx2.MockTransport(handle)
    return ServiceClient("control", "http://control", transport=transport)


def test_an_answer_is_parsed() -> None:
    assert client(httpx2.Response(200, json={"ok": True})).get("/v1/feeds") == {"ok": True}
    assert client(httpx2.Response(204)).post("/v1/feeds/x/pause") is None


def test_a_refusal_carries_its_sentence_status_and_members() -> None:
    problem = {"detail": "no agreement named 'x'", "status": 404, "known": ["y"]}

    with pytest.raises(RefusedError, match="no agreement named 'x'") as caught:
        client(httpx2.Response(404, json=problem)).get("/v1/agreements/x")

    assert caught.value.status == 404
    assert caught.value.problem["known"] == ["y"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.ConnectError("refused"),
        httpx2.ReadTimeout("slow"),
        httpx2.Response(503, json={"detail": "no database"}),
        httpx2.Response(502, text="<html>"),
    ],
)
def test_a_service_that_cannot_answer_is_unavailable(answer: httpx2.Response | Exception) -> None:
    with pytest.raises(UnavailableError, match="control at http://control"):
        client(answer).get("/v1/feeds")


def test_lines_and_contents_are_given_as_they_come() -> None:
    lines = client(httpx2.Response(200, text='{"a": 1}\n\n{"a": 2}\n'))
    assert list(lines.lines("POST", "/v1/x")) == [{"a": 1}, {"a": 2}]
    assert b"".join(client(httpx2.Response(200, content=b"abc")).content("/v1/x")) == b"abc"


def test_a_refused_stream_says_why() -> None:
    problem = {"detail": "no such form", "status": 422}

    with pytest.raises(RefusedError, match="no such form"):
        list(client(httpx2.Response(422, json=problem)).lines("POST", "/v1/x"))


def test_a_stream_that_nobody_answers_is_unavailable() -> None:
    with pytest.raises(UnavailableError, match="control at http://control"):
        list(client(httpx2.ConnectError("refused")).lines("POST", "/v1/x"))


def test_any_service_is_found_as_the_hub_tells_it(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "hub.json").write_text('{"urls": {"tide": "http://hub:3"}}', "utf-8")
    home = {"LINGQU_HOME": str(tmp_path)}

    assert service_url("tide", home, "http://usual") == "http://hub:3"
    assert service_url("tide", {**home, "LINGQU_TIDE_URL": "http://set"}, "x") == "http://set"
    assert service_url("tide", {"LINGQU_HOME": "/nowhere"}, "http://usual") == "http://usual"


def test_addresses_come_from_the_environment_then_the_running_hub(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    hub = {"urls": {"control": "http://hub:1", "gateway": "http://hub:2"}, "kafka": "hub:9"}
    (run / "hub.json").write_text(json.dumps(hub), "utf-8")
    environ = {"LINGQU_HOME": str(tmp_path), "LINGQU_CONTROL_URL": "http://set:1"}

    found = HubAddresses.find(environ)

    assert (found.control, found.gateway) == ("http://set:1", "http://hub:2")
    assert (found.registry, found.kafka) == ("http://127.0.0.1:8081", "hub:9")


def test_a_hub_file_that_is_not_readable_is_said(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "hub.json").write_text("{", "utf-8")

    with pytest.raises(ConfigurationError, match="restart the hub"):
        HubAddresses.find({"LINGQU_HOME": str(tmp_path)})

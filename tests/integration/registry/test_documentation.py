"""/openapi.json says what each route answers; nothing is answered that it does not say."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from tests.support.registry import Api

from lingqu_registry.endpoints.requests import CONTENT_TYPE

pytestmark = pytest.mark.integration

Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def operations(sqlite_registry: httpx2.Client) -> list[Operation]:
    found = sqlite_registry.get("/openapi.json").json()
    return [
        (method.upper(), path, operation)
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
        if "health" not in operation["tags"] and "contracts" not in operation["tags"]
    ]


def test_every_answer_has_an_example(operations: list[Operation]) -> None:
    assert len(operations) == 40
    for method, path, operation in operations:
        for status, answer in operation["responses"].items():
            content = answer.get("content", {})
            place = f"{method} {path} {status}"
            if status == "204":
                continue
            assert CONTENT_TYPE in content, place
            assert "example" in content[CONTENT_TYPE] or content[CONTENT_TYPE]["examples"], place


def test_every_body_has_an_example(operations: list[Operation]) -> None:
    for method, path, operation in operations:
        if method == "PUT" or (method == "POST" and path != "/"):
            content = operation["requestBody"]["content"][CONTENT_TYPE]
            assert content["example"], path


@pytest.mark.parametrize("content", ["", "{}", "[]", "{", '{"schema": null}', '{"mode": 1}'])
@pytest.mark.parametrize("query", ["", "?offset=x", "?deleted=maybe&limit=-5&verbose=TRUE"])
def test_nothing_is_answered_that_is_not_documented(
    operations: list[Operation], sqlite_api: Api, content: str, query: str
) -> None:
    values = {"subject": "~u", "version": "1", "schema_id": "0", "guid": "x", "context": ".u"}
    for method, path, operation in operations:
        if path in {"/mode", "/config"} and method != "GET":
            continue  # the registry is shared
        url = path.format(**values).replace("~", "undocumented") + query
        answer = sqlite_api.http.request(method, url, content=content)
        assert str(answer.status_code) in operation["responses"], (method, url, answer.text)
        assert answer.status_code < 500, (method, url, answer.text)

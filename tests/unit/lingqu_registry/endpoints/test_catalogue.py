"""The contracts over HTTP: lists in pages, one whole, and every form."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.support.builders import contract_folder

from lingqu_registry.endpoints.catalogue import catalogue_router
from lingqu_registry.errors import RegistryError


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    for name in ("demo.a", "demo.b", "demo.c"):
        contract_folder(tmp_path, name, catalogue={"update_cycle": "每日"})
    app = FastAPI()
    app.include_router(catalogue_router(tmp_path / "schemas"))
    return TestClient(app)


def test_the_list_comes_in_pages_that_shift_and_repeat_none(
    client: TestClient, tmp_path: Path
) -> None:
    first = client.get("/v1/contracts", params={"limit": 2}).json()
    contract_folder(tmp_path, "demo.aa")
    second = client.get("/v1/contracts", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["name"] for one in first["items"]] == ["demo.a", "demo.b"]
    assert [one["name"] for one in second["items"]] == ["demo.c"]
    assert second["next"] is None
    assert first["items"][0]["catalogue"]["update_cycle"] == "每日"
    assert len(client.get("/v1/contracts").json()["items"]) == 4


def test_one_contract_is_told_with_versions_fields_and_rules(client: TestClient) -> None:
    found = client.get("/v1/contracts/demo.a").json()
    (version,) = found["versions"]
    fields = {field["path"]: field for field in version["fields"]}
    assert (version["topic"], version["subject"]) == ("demo.a.v1", "demo.a.v1-value")
    assert (found["key"], found["rules"][0]["name"]) == (["station"], "value_not_negative")
    assert (fields["operator"]["kind"], fields["parts.amount"]["unit"]) == ("personal", "kg")


@pytest.mark.parametrize(
    ("query", "kind", "start"),
    [
        ({"format": "asyncapi"}, "application/yaml", "asyncapi: 3.0.0"),
        ({"format": "odcs"}, "application/yaml", "apiVersion: v3.1.0"),
        ({"format": "json-schema"}, "application/schema+json", "{"),
        ({"format": "sql", "dialect": "sqlite"}, "application/sql", "-- 演示"),
        ({"format": "markdown", "lang": "en"}, "text/markdown", "# Demonstration"),
    ],
)
def test_each_form_has_its_media_type(
    client: TestClient, query: dict[str, str], kind: str, start: str
) -> None:
    answer = client.get("/v1/contracts/demo.a/export", params=query)
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answer.text.startswith(start)


def test_what_is_not_there_is_told_in_the_registrys_form(
    client: TestClient, tmp_path: Path
) -> None:
    def code(path: str) -> int:
        with pytest.raises(RegistryError) as refused:
            client.get(path)
        return refused.value.code

    assert code("/v1/contracts/demo.x") == 404
    assert code("/v1/contracts?cursor=nonsense") == 400
    assert client.get("/v1/contracts/demo.a/export?format=pdf").status_code == 422
    (tmp_path / "schemas/demo/a/contract.yaml").write_text("?", "utf-8")
    assert code("/v1/contracts/demo.b") == 50001

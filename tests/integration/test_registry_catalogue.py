"""The contracts that a registry tells over HTTP are those of its folder, as they are now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.support.builders import contract_folder
from tests.support.registry import running_registry

pytestmark = pytest.mark.integration


@pytest.fixture
def http(sqlite_url: str, tmp_path: Path) -> Iterator[httpx2.Client]:
    with (
        running_registry(sqlite_url, contract_folder(tmp_path)) as url,
        httpx2.Client(base_url=url, timeout=30) as client,
    ):
        yield client


def test_contracts_are_listed_told_exported_and_read_again_once_changed(
    http: httpx2.Client, tmp_path: Path
) -> None:
    listed = http.get("/v1/contracts").json()
    told = http.get("/v1/contracts/demo.reading").json()
    exported = http.get("/v1/contracts/demo.reading/export", params={"format": "odcs"})
    contract_folder(tmp_path, "demo.other")
    again = http.get("/v1/contracts", params={"limit": 1}).json()

    assert [one["name"] for one in listed["items"]] == ["demo.reading"]
    subject = told["versions"][0]["subject"]
    assert http.get(f"/subjects/{subject}/versions").json() == [1]
    assert exported.text.startswith("apiVersion: v3.1.0")
    assert [one["name"] for one in again["items"]] == ["demo.other"]
    assert again["next"]


def test_refusals_have_the_registrys_form(http: httpx2.Client) -> None:
    missing = http.get("/v1/contracts/demo.x")
    cursor = http.get("/v1/contracts", params={"cursor": "x"})
    form = http.get("/v1/contracts/demo.reading/export", params={"format": "pdf"})

    for answer, status in ((missing, 404), (cursor, 400), (form, 400)):
        assert answer.status_code == status
        assert set(answer.json()) == {"error_code", "message"}
    assert "there are: demo.reading" in missing.json()["message"]

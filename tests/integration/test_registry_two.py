"""Two registries on one database: neither says what the other has made untrue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.support.registry import running_registry
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

SCHEMA = {"schema": json.dumps({"type": "record", "name": "R", "fields": []})}
WIDER = {
    "schema": json.dumps({"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]})
}


@pytest.fixture
def two(tmp_path: Path, database_url: str) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    contracts = tmp_path / "none"
    contracts.mkdir()
    with ExitStack() as stack:
        urls = [stack.enter_context(running_registry(database_url, contracts)) for _ in range(2)]
        first, second = (stack.enter_context(httpx2.Client(base_url=url)) for url in urls)
        yield first, second


def test_what_the_other_deletes_is_registered_anew_and_gone_by_its_id(
    two: tuple[httpx2.Client, httpx2.Client],
) -> None:
    here, other = two

    def register() -> Any:
        return here.post("/subjects/s/versions", json=SCHEMA).json()["id"]

    assert [register(), register(), register()] == [1, 1, 1]
    assert [here.get("/schemas/ids/1").status_code for _ in range(3)] == [200] * 3

    other.delete("/subjects/s").raise_for_status()
    assert here.get("/subjects/s/versions").status_code == 404
    assert register() == 1
    assert here.get("/subjects/s/versions").json() == [2]

    other.delete("/subjects/s").raise_for_status()
    other.delete("/subjects/s?permanent=true").raise_for_status()
    wait_until(lambda: here.get("/schemas/ids/1").status_code == 404, 5)
    assert register() == 1
    assert here.get("/schemas/ids/1").json()["version"] == 1


def test_what_the_other_configures_is_judged_by_at_once(
    two: tuple[httpx2.Client, httpx2.Client],
) -> None:
    here, other = two
    here.post("/subjects/s/versions", json=SCHEMA).raise_for_status()

    def fits() -> Any:
        path = "/compatibility/subjects/s/versions/latest"
        return here.post(path, json=WIDER).json()["is_compatible"]

    for level, expected in [("BACKWARD", False), ("NONE", True), ("FULL", False), ("NONE", True)]:
        other.put("/config/s", json={"compatibility": level}).raise_for_status()
        assert [fits(), fits(), fits()] == [expected] * 3

"""A worker killed between a file's intent and its manifest, and terms that change meanwhile."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.dying import named_files, run_and_die
from tests.support.lanes import readings
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

pytestmark = pytest.mark.integration


def rows(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name, content in sorted(named_files(folder).items()):
        lines = content.decode().splitlines()
        found += csv.DictReader(lines) if name.endswith("csv") else map(json.loads, lines)
    return found


@pytest.mark.parametrize("deaths", [1, 2], ids=["no file yet", "a file without its manifest"])
def test_what_was_begun_is_redone_to_the_byte_under_the_terms_it_was_begun_under(
    worker: WorkerUnderTest, unique: str, tmp_path: Path, deaths: int
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    begun = {"folder": str(before), "format": "jsonl", "max_events": 20, "max_wait_s": 30}
    worker.agree(unique, connector="file-sink", options=begun)
    worker.publish(readings(0, 20))
    run_and_die(worker, deaths)
    half = {path.name: path.read_bytes() for path in before.glob("*.jsonl")}
    assert len(half) == deaths - 1

    hidden = {"clearance": {"grade": 1, "kinds": []}, "fields": "all"}
    changed = {"folder": str(after), "format": "csv", "max_events": 2, "max_wait_s": 0.2}
    worker.agree(unique, version=2, view=hidden, connector="file-sink", options=changed)
    worker.publish(readings(20, 10))
    with worker.running(instance="back"):  # at once: a stranger waits for its session to end
        wait_until(lambda: len(rows(after)) == 10)

    redone = named_files(before)
    assert half.items() <= redone.items()
    assert [row["lq_seq"] for row in rows(before)] == list(range(1, 21))
    assert {row["operator"] for row in rows(before)} == {"Li Bing"}
    assert [int(row["lq_seq"]) for row in rows(after)] == list(range(21, 31))
    assert not any("operator" in row for row in rows(after))

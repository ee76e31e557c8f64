"""A worker killed again and again while it takes in a partner's files, rows and pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.builders import event
from tests.support.listing import Listing
from tests.support.tables import ask, tell
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest
from tests.support.worker_process import WorkerProcess

from lingqu.agreements.state import PartyState
from lingqu.wire.codec import AvroCodec

pytestmark = pytest.mark.integration

OFFICES = {"provider": PartyState("south", "44"), "recipient": PartyState("north", "43")}


def values(worker: WorkerUnderTest) -> list[float]:
    codec = AvroCodec(worker.contract.latest().schema)
    bodies = [bytes(each.value())[5:] for each in worker.delivered(worker.topic)]
    return sorted(row["value"] for row in codec.decode_rows(bodies))


def rows_of(numbers: range) -> list[dict[str, Any]]:
    return [event(origin="44", station=f"44-{n % 9}", value=float(n)) for n in numbers]


def kill_until_all_is_there(worker: WorkerUnderTest, log: Path, events: int, shares: int) -> None:
    """Kill the worker each time another share has come."""
    process = WorkerProcess(worker, log)
    for share in range(1, shares + 1):
        process.start()
        enough = events * share // shares
        wait_until(lambda: len(worker.delivered(worker.topic)) >= enough, 120)  # noqa: B023
        process.kill()


def test_every_row_of_every_file_is_published_once(
    worker: WorkerUnderTest, unique: str, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    options: dict[str, Any] = {"folder": str(folder), "settle_s": 0, "every_s": 0.1}
    worker.agree(unique, connector="file-source", options=options, **OFFICES)
    for file in range(3):
        rows = rows_of(range(file * 8_000, (file + 1) * 8_000))
        (folder / f"{file}.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    kill_until_all_is_there(worker, tmp_path / "worker.log", 24_000, 3)
    with worker.running(instance="killed-and-back"):
        wait_until(lambda: len([*(folder / "done").iterdir()]) == 3)
    assert values(worker) == [float(n) for n in range(24_000)]


def test_every_row_of_a_table_is_published_once(
    worker: WorkerUnderTest, unique: str, tmp_path: Path, postgres_url: str
) -> None:
    tell(
        postgres_url,
        "CREATE TABLE gauges AS SELECT n AS id, '44' AS origin, '44-' || n % 9 AS station,"
        " n::float AS value, now() AS occurred_at FROM generate_series(0, 14999) AS n",
    )
    options = {"url": postgres_url, "table": "gauges", "key": ["id"], "settle_s": 0, "batch": 500}
    worker.agree(unique, connector="database-source", options=options, **OFFICES)
    kill_until_all_is_there(worker, tmp_path / "worker.log", 15_000, 3)
    assert values(worker) == [float(n) for n in range(15_000)]


def test_every_row_of_every_page_is_published_once(
    worker: WorkerUnderTest, unique: str, tmp_path: Path
) -> None:
    with Listing(page_size=100, rows=rows_of(range(3_000))).serving() as listing:
        options = {"url": listing.url, "every_s": 0.1}
        worker.agree(unique, connector="http-source", options=options, **OFFICES)
        kill_until_all_is_there(worker, tmp_path / "worker.log", 3_000, 2)
    assert values(worker) == [float(n) for n in range(3_000)]


def test_every_row_of_an_outbox_is_published_once_and_then_gone(
    worker: WorkerUnderTest, unique: str, tmp_path: Path, postgres_url: str
) -> None:
    tell(
        postgres_url,
        "CREATE TABLE outbox AS SELECT n AS id, '44' AS origin, '44-' || n % 9 AS station,"
        " n::float AS value, now() AS occurred_at FROM generate_series(0, 2999) AS n",
    )
    options = {"url": postgres_url, "table": "outbox", "batch": 100, "every_s": 0.1}
    worker.agree(unique, connector="database-outbox-source", options=options, **OFFICES)
    kill_until_all_is_there(worker, tmp_path / "worker.log", 3_000, 2)
    with worker.running(instance="killed-and-back"):
        wait_until(lambda: not ask(postgres_url, "SELECT 1 FROM outbox"))
    assert values(worker) == [float(n) for n in range(3_000)]

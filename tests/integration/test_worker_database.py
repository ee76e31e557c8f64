"""A worker whose partner's database ends its sessions, again and again, while events flow."""

from __future__ import annotations

import pytest
from tests.support.builders import event
from tests.support.lanes import await_lane
from tests.support.tables import ask, tell
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

pytestmark = pytest.mark.integration

END_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE application_name LIKE 'lingqu %' AND datname = current_database()"
)
COUNT = "SELECT count(*) AS n FROM reading"


def there(url: str) -> int:
    if not ask(url, "SELECT 1 FROM pg_tables WHERE tablename = 'reading'"):
        return 0
    return int(ask(url, COUNT)[0]["n"])


def test_every_event_is_in_the_table_once_however_often_sessions_end(
    worker: WorkerUnderTest, unique: str, postgres_url: str
) -> None:
    options = {"url": postgres_url, "table": "reading", "mode": "append", "max_events": 20}
    worker.agree(unique, connector="database-sink", options=options)
    worker.publish([event(station=f"43-{n % 7}", value=float(n)) for n in range(1_000)])
    with worker.running():
        for share in (1, 200, 400, 600, 800):
            wait_until(lambda enough=share: there(postgres_url) >= enough)  # type: ignore[misc]
            tell(postgres_url, END_SESSIONS)
        wait_until(lambda: there(postgres_url) >= 1_000)
    for part in range(worker.contract.partitions):
        rows = ask(postgres_url, f"SELECT lq_seq FROM reading WHERE lq_part = {part} ORDER BY 1")
        assert [row["lq_seq"] for row in rows] == list(range(1, len(rows) + 1))
    values = ask(postgres_url, "SELECT value FROM reading ORDER BY 1")
    assert [row["value"] for row in values] == [float(n) for n in range(1_000)]


def test_a_table_that_does_not_fit_stops_the_feed_with_the_cure_in_words(
    worker: WorkerUnderTest, unique: str, postgres_url: str
) -> None:
    tell(postgres_url, "CREATE TABLE reading (station INTEGER PRIMARY KEY)")
    options = {"url": postgres_url, "table": "reading"}
    worker.agree(unique, connector="database-sink", options=options)
    with worker.running() as (loop, _):
        await_lane(loop, unique, "failed", "column 'station' is INTEGER", "alter the column")

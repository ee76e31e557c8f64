"""The database sink cut off, killed, frozen and fenced in mid-transaction."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.tables import ask, delivering, partner, put, reading_batch, tell
from tests.support.waiting import wait_until

from lingqu.connect.samples import Lane
from lingqu.errors import FencedError, PermanentError, RetriableError
from lingqu_connectors.database.options import DatabaseSinkOptions
from lingqu_connectors.database.sink import DatabaseSinkTask

pytestmark = pytest.mark.integration

# Delivers one batch as another process, which dies or freezes at the last look before the commit.
DELIVER = """
import os, signal, sys
from tests.support.tables import delivering, put, reading_batch
from lingqu.connect.samples import Lane

url, end = sys.argv[1:]

def stop_here():
    print("in mid-transaction", flush=True)
    os.kill(os.getpid(), getattr(signal, end))

lane = Lane("partner-a", "demo.reading.v1", key=("station",), check=stop_here)
with delivering(lane, url, mode="append") as task:
    put(task, lane, reading_batch(lane, [{"station": f"S{n}"} for n in range(500)]))
"""
ROOT = Path(__file__).parents[2]
NUMBERS = "SELECT lq_seq FROM reading ORDER BY lq_seq"


@pytest.fixture
def lane() -> Lane:
    return Lane("partner-a", "demo.reading.v1", key=("station",))


def started(url: str, end: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", DELIVER, url, end]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def numbers(url: str) -> list[int]:
    return [row["lq_seq"] for row in ask(url, NUMBERS)]


def go_on(url: str, lane: Lane) -> bytes | None:
    """Return the progress that a new task finds, after it has put the batch again."""
    batch = reading_batch(lane, [{"station": f"S{n}"} for n in range(500)])
    task = DatabaseSinkTask()
    options = DatabaseSinkOptions(url=url, table="reading", mode="append")
    try:
        found = task.start(lane.context(options, batch.schema))
        put(task, lane, batch)
    finally:
        task.stop()
    return found


def cut_off(url: str) -> Callable[[], None]:
    """End the session of the lane on the server, as an operator or a fail-over does."""

    def end() -> None:
        tell(
            url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name LIKE 'lingqu partner-a%' AND datname = current_database()",
        )

    return end


def test_a_killed_worker_leaves_nothing_of_its_transaction(lane: Lane, database_url: str) -> None:
    with started(database_url, "SIGKILL") as process:
        assert process.wait(60) == -signal.SIGKILL
    assert numbers(database_url) == []
    assert go_on(database_url, lane) is None
    assert numbers(database_url) == [*range(1, 501)]


def test_a_session_ended_by_the_server_in_mid_transaction_loses_and_doubles_nothing(
    lane: Lane, postgres_url: str
) -> None:
    lane.check = cut_off(postgres_url)
    with pytest.raises(RetriableError, match=r"database '.*' at .*: "):
        go_on(postgres_url, lane)
    assert numbers(postgres_url) == []
    lane.check = lambda: None
    go_on(postgres_url, lane)
    assert numbers(postgres_url) == [*range(1, 501)]


def test_a_commit_whose_answer_was_lost_is_found_done(lane: Lane, database_url: str) -> None:
    go_on(database_url, lane)
    batch = reading_batch(lane, [{"station": f"S{n}"} for n in range(500)])
    assert go_on(database_url, lane) == lane.progress(batch).value
    assert numbers(database_url) == [*range(1, 501)]


def test_a_frozen_worker_gives_way_and_wakes_up_to_nothing(lane: Lane, postgres_url: str) -> None:
    """The server ends its idle transaction after 15 s, and with it its claim."""
    with started(postgres_url, "SIGSTOP") as frozen:
        assert frozen.stdout is not None
        assert frozen.stdout.readline()
        wait_until(lambda: _state(frozen.pid) == "T")
        assert go_on(postgres_url, lane) is None
        os.kill(frozen.pid, signal.SIGCONT)
        assert frozen.wait(60) == 1
    assert numbers(postgres_url) == [*range(1, 501)]


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]


def test_a_claim_that_another_transaction_holds_is_waited_for_and_then_said(
    lane: Lane, postgres_url: str
) -> None:
    go_on(postgres_url, lane)
    with partner(postgres_url) as other:
        other.exec_driver_sql("SELECT * FROM lingqu_progress FOR UPDATE")
        with (
            pytest.raises(RetriableError, match=r"holds the lane's row.*\(55P03\)"),
            delivering(lane, postgres_url, mode="append", timeout_s=1),
        ):
            pytest.fail("it was claimed")


def test_whoever_claimed_the_lane_last_is_the_only_one_who_writes(
    lane: Lane, database_url: str
) -> None:
    batch = reading_batch(lane, [{"station": "A"}])
    with (
        delivering(lane, database_url, mode="append") as zombie,
        delivering(lane, database_url, mode="append") as owner,
    ):
        with pytest.raises(FencedError, match=r"partition 0.*claimed by a newer owner"):
            put(zombie, lane, batch)
        put(owner, lane, batch)
        with pytest.raises(FencedError):
            put(zombie, lane, batch)
    assert numbers(database_url) == [1]


def test_no_such_database_is_said(lane: Lane, postgres_url: str) -> None:
    absent = postgres_url.replace("/test_", "/absent_")
    with (
        pytest.raises(PermanentError, match=r"no session begins: database .* does not exist"),
        delivering(lane, absent),
    ):
        pytest.fail("it was found")


def test_a_missing_permission_is_said(lane: Lane, postgres_url: str, unique: str) -> None:
    tell(postgres_url, f"CREATE ROLE {unique} LOGIN", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    try:
        with (
            pytest.raises(PermanentError, match="lacks a permission; the README"),
            delivering(lane, postgres_url.replace("//postgres", f"//{unique}")),
        ):
            pytest.fail("it was let in")
    finally:
        tell(postgres_url, f"DROP ROLE {unique}")


def test_a_standby_is_waited_for(lane: Lane, postgres_url: str) -> None:
    (name,) = ask(postgres_url, "SELECT current_database() AS name")
    tell(postgres_url, f"ALTER DATABASE {name['name']} SET default_transaction_read_only = on")
    with (
        pytest.raises(RetriableError, match="takes no writes now; is it a standby"),
        delivering(lane, postgres_url),
    ):
        pytest.fail("it wrote")


def test_a_full_disk_is_waited_for_and_nothing_is_half_there(lane: Lane, sqlite_url: str) -> None:
    go_on(sqlite_url, lane)
    rows = [{"station": f"S{n}", "note": "x" * 1_000} for n in range(2_000)]
    with delivering(lane, sqlite_url, mode="append") as task:
        assert task._session is not None
        with task._session.transaction() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 200")
        with pytest.raises(RetriableError, match="the disk is full; free space there"):
            put(task, lane, reading_batch(lane, rows, first=501))
    assert len(numbers(sqlite_url)) == 500
    with delivering(lane, sqlite_url, mode="append") as task:
        put(task, lane, reading_batch(lane, rows, first=501))
    assert numbers(sqlite_url) == [*range(1, 2_501)]

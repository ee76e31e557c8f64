"""Rows of real databases taken in by key: order, late commits, and a worker's way with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.agreements import HUB_KEY
from tests.support.lanes import await_lane
from tests.support.tables import SCHEMA, partner, tell
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest

from lingqu.agreements.state import PartyState
from lingqu.connect.record_source import SourceContext
from lingqu.errors import PermanentError, UnavailableError
from lingqu.sealing import open_under
from lingqu.wire.codec import AvroCodec
from lingqu_connectors.database.options import DatabaseSourceOptions
from lingqu_connectors.database.source import DatabaseSource

pytestmark = pytest.mark.integration

MAKE = "CREATE TABLE gauges (id INTEGER PRIMARY KEY, station TEXT, value REAL, at TEXT)"


class Taking:
    """A source and the position that a hub would keep; time is the test's."""

    def __init__(self, url: str, **options: Any) -> None:
        wanted = {"url": url, "table": "gauges", "key": ["id"], "settle_s": 0, **options}
        self.now = 0.0
        self.position: bytes | None = None
        self.source = DatabaseSource(now=lambda: self.now)
        self.source.start(
            SourceContext(
                region="43",
                connector="gauges",
                topic="demo.reading.v1",
                schema=SCHEMA,
                options=DatabaseSourceOptions.model_validate(wanted),
                mappings=None,
                notes={},
                secret=str,
                tell=lambda _sentence: None,
            )
        )

    def stations(self) -> list[str]:
        """Return what comes until nothing more is there."""
        found: list[str] = []
        while (polled := self.source.poll(self.position)) is not None:
            found += [str(row.row["station"]) for row in polled.rows if row.row is not None]
            self.position = self.source.advance(polled, {}).position
        return found


def insert(url: str, *rows: tuple[Any, ...]) -> None:
    values = ", ".join(f"({', '.join(map(str, row))})" for row in rows)
    tell(url, f"INSERT INTO gauges (id, station) VALUES {values}")


def test_rows_come_in_the_order_of_their_key_a_batch_at_a_time(database_url: str) -> None:
    tell(database_url, MAKE)
    insert(database_url, *((n, f"'S{n}'") for n in (5, 3, 1, 2, 4)))
    taking = Taking(database_url, batch=2)
    assert taking.stations() == ["S1", "S2", "S3", "S4", "S5"]
    assert taking.stations() == []
    insert(database_url, (6, "'S6'"))
    assert taking.stations() == ["S6"]


def test_rows_of_one_key_are_never_parted(database_url: str) -> None:
    tell(database_url, MAKE)
    insert(database_url, *((n, f"'{'AABBBC'[n]}'") for n in range(6)))
    assert Taking(database_url, key=["station"], batch=3).stations() == [*"AABBBC"]
    with pytest.raises(
        PermanentError, match=r"over 2 rows share one key \(station\); add a column"
    ):
        Taking(database_url, key=["station"], batch=2).stations()


def test_several_columns_make_a_key_and_a_null_in_one_is_never_taken(database_url: str) -> None:
    tell(database_url, MAKE)
    insert(database_url, (2, "'A'"), (1, "'B'"), (3, "'A'"), (4, "NULL"))
    taking = Taking(database_url, key=["station", "id"], batch=1)
    assert taking.stations() == ["A", "A", "B"]


def test_a_row_that_commits_late_is_not_passed_over(postgres_url: str) -> None:
    tell(postgres_url, MAKE)
    taking = Taking(postgres_url, settle_s=5)
    with partner(postgres_url) as late:
        late.exec_driver_sql("INSERT INTO gauges (id, station) VALUES (1, 'late')")
        insert(postgres_url, (2, "'quick'"))
        assert taking.stations() == []
        taking.now += 4
        assert taking.stations() == []
    taking.now += 1
    assert taking.stations() == ["late", "quick"]


def test_a_query_may_hold_percent_signs_colons_and_an_end(database_url: str) -> None:
    tell(database_url, MAKE)
    insert(database_url, (1, "'50% at 12:30'"), (2, "'100'"))
    query = "SELECT id, station FROM gauges WHERE station LIKE '%0%' -- all :of them\n;"
    taking = Taking(database_url, table=None, query=query)
    assert taking.stations() == ["50% at 12:30", "100"]
    insert(database_url, (3, "'0:00'"))
    assert taking.stations() == ["0:00"]


def test_names_may_hold_percent_signs(database_url: str) -> None:
    tell(database_url, 'CREATE TABLE "50% of" ("id%" INTEGER, station TEXT)')
    tell(database_url, "INSERT INTO \"50% of\" VALUES (1, 'A'), (2, 'B')")
    assert Taking(database_url, table="50% of", key=["id%"], batch=1).stations() == ["A", "B"]


def test_nothing_can_be_changed_through_a_query(postgres_url: str) -> None:
    tell(postgres_url, MAKE)
    query = "WITH gone AS (DELETE FROM gauges RETURNING *) SELECT * FROM gone"
    with pytest.raises(PermanentError, match="refuses the statement"):
        Taking(postgres_url, table=None, query=query).stations()


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot be opened; is its folder there"):
        Taking(f"sqlite:///{tmp_path / 'absent.sqlite'}").stations()
    assert list(tmp_path.iterdir()) == []


QUERY = """
SELECT '44' AS origin, station, value, at AS occurred_at, id,
       '[{"code": "p1", "amount": 2.5}]' AS parts
FROM gauges
"""


def agree(worker: WorkerUnderTest, feed: str, **options: Any) -> Any:
    wanted = {"query": QUERY, "key": ["id"], "settle_s": 0, "every_s": 0.1, **options}
    return worker.agree(
        feed,
        connector="database-source",
        options=wanted,
        provider=PartyState("south", "44"),
        recipient=PartyState("north", "43"),
    )


def admitted(worker: WorkerUnderTest) -> list[dict[str, Any]]:
    codec = AvroCodec(worker.contract.latest().schema)
    return codec.decode_rows([bytes(each.value())[5:] for each in worker.delivered(worker.topic)])


def fill(url: str, first: int, count: int) -> None:
    rows = [
        f"({n}, '44-{n % 3}', {n}.5, '2026-03-01 20:00:00')" for n in range(first, first + count)
    ]
    tell(url, f"INSERT INTO gauges VALUES {', '.join(rows)}")


def test_a_worker_takes_rows_in_once_over_restarts(
    worker: WorkerUnderTest, unique: str, database_url: str
) -> None:
    tell(database_url, MAKE)
    agree(worker, unique, url=database_url, batch=40)
    for round_ in range(2):
        fill(database_url, round_ * 100, 100)
        with worker.running():
            wait_until(lambda: len(worker.delivered(worker.topic)) >= 100 * (round_ + 1))  # noqa: B023
    found = admitted(worker)
    assert sorted(each["value"] for each in found) == [n + 0.5 for n in range(200)]
    assert found[0]["occurred_at"] == 1_772_366_400_000
    assert found[0]["parts"] == [{"code": "p1", "amount": 2.5}]
    assert len({each["event_id"] for each in found}) == 200


def test_a_row_that_is_not_admitted_is_a_dead_letter_and_the_rest_goes_in(
    worker: WorkerUnderTest, unique: str, sqlite_url: str
) -> None:
    tell(sqlite_url, MAKE)
    state = agree(worker, unique, url=sqlite_url)
    tell(
        sqlite_url, "INSERT INTO gauges VALUES (1, '44-A', -1.0, '2026-03-01'), (2, NULL, 1.0, 'x')"
    )
    fill(sqlite_url, 3, 3)
    with worker.running():
        wait_until(lambda: len(worker.dead_letters(unique)) == 2)
    letters = {letter["offset"]: letter for letter in worker.dead_letters(unique)}
    assert [letters[place]["reason"]["code"] for place in (0, 1)] == ["rule_broken", "undecodable"]
    assert letters[0]["reason"]["detail"].startswith("the query: ")
    key = HUB_KEY.open(state.dead_letter_key, state.dead_letter_context)
    assert b'"station":"44-A"' in open_under(key, letters[0]["body"], letters[0]["id"])
    assert len(admitted(worker)) == 3


def test_a_table_that_is_not_there_stops_the_connector_in_words(
    worker: WorkerUnderTest, unique: str, database_url: str
) -> None:
    tell(database_url, "CREATE TABLE another (id INTEGER)")
    agree(worker, unique, url=database_url)
    with worker.running() as (loop, _):
        await_lane(loop, unique, "failed", "refuses the statement")
    assert worker.delivered(worker.topic) == []

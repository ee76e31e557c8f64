"""The database sink on real databases: rows, types, keys, and what a table refuses."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.support.builders import event, field, reading_fields, schema
from tests.support.tables import ask, delivering, put, reading_batch, tell

from lingqu.connect.samples import Lane, batch_of
from lingqu.errors import PermanentError

pytestmark = pytest.mark.integration

ROWS = "SELECT * FROM reading ORDER BY station, lq_seq"


@pytest.fixture
def lane() -> Lane:
    return Lane("partner-a", "demo.reading.v1", key=("station",))


def values(url: str, question: str = ROWS) -> list[tuple[str, float, int]]:
    return [(row["station"], row["value"], row["lq_seq"]) for row in ask(url, question)]


def test_the_table_is_made_from_the_view_and_keeps_every_value(
    lane: Lane, database_url: str
) -> None:
    with delivering(lane, database_url) as task:
        put(
            task,
            lane,
            reading_batch(lane, [{"station": "湘江 \"1\", '2'", "note": "", "value": None}]),
        )
    (row,) = ask(database_url, ROWS)
    parts = json.loads(row["parts"]) if isinstance(row["parts"], str) else row["parts"]
    at = row["occurred_at"]
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    assert row["station"] == "湘江 \"1\", '2'"
    assert (row["note"], row["value"], row["operator"]) == ("", None, "Li Bing")
    assert instant == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert parts == [{"code": "p1", "amount": 1.5}]
    assert (row["lq_feed"], row["lq_part"], row["lq_seq"]) == ("partner-a", 0, 1)


def test_upsert_keeps_the_last_state_of_each_key_also_within_a_batch(
    lane: Lane, database_url: str
) -> None:
    with delivering(lane, database_url) as task:
        first = [{"station": f"S{n % 3}", "value": float(n)} for n in range(7)]
        put(task, lane, reading_batch(lane, first))
        put(task, lane, reading_batch(lane, [{"station": "S1", "value": 70.0}], first=8))
    assert values(database_url) == [("S0", 6.0, 7), ("S1", 70.0, 8), ("S2", 5.0, 6)]


def test_append_keeps_every_event_once(lane: Lane, database_url: str) -> None:
    batch = reading_batch(lane, [{"station": "S", "value": float(n)} for n in range(5)])
    with delivering(lane, database_url, mode="append") as task:
        put(task, lane, batch)
        put(task, lane, batch)
    assert values(database_url) == [("S", float(n), n + 1) for n in range(5)]


def test_an_older_event_overwrites_nothing_but_another_feed_does(
    lane: Lane, database_url: str
) -> None:
    other = replace(lane, feed="partner-b")
    with delivering(lane, database_url) as task:
        put(task, lane, reading_batch(lane, [{"station": "S", "value": 2.0}], first=20))
        put(task, lane, reading_batch(lane, [{"station": "S", "value": 1.0}], first=10))
    assert values(database_url) == [("S", 2.0, 20)]
    with delivering(other, database_url) as task:
        put(task, other, reading_batch(other, [{"station": "S", "value": 3.0}]))
    assert values(database_url) == [("S", 3.0, 1)]


@pytest.mark.parametrize(
    ("withdrawn", "left"), [("mark", ["withdrawal", "first"]), ("delete", ["first"])]
)
def test_a_withdrawal_marks_its_row_or_removes_it(
    lane: Lane, database_url: str, withdrawn: str, left: list[str]
) -> None:
    with delivering(lane, database_url, withdrawn=withdrawn) as task:
        put(task, lane, reading_batch(lane, [{"station": "A"}, {"station": "B"}]))
        gone = {"station": "A", "change": "withdrawal"}
        again: list[dict[str, Any]] = [{**gone, "station": "B"}, {"station": "B", "value": 9.0}]
        put(task, lane, reading_batch(lane, [gone, *again], first=3))
    assert [row["change"] for row in ask(database_url, ROWS)] == left


def test_an_old_withdrawal_removes_no_newer_row(lane: Lane, database_url: str) -> None:
    with delivering(lane, database_url, withdrawn="delete") as task:
        put(task, lane, reading_batch(lane, [{"station": "A"}], first=9))
        old = reading_batch(lane, [{"station": "A", "change": "withdrawal"}], first=5)
        put(task, lane, old)
    assert len(ask(database_url, ROWS)) == 1


def test_a_later_view_adds_columns_that_earlier_rows_leave_empty(
    lane: Lane, database_url: str
) -> None:
    with delivering(lane, database_url) as task:
        put(task, lane, reading_batch(lane, [{"station": "A"}]))
    later = schema(fields=[*reading_fields(), field("grade", "string", default="")])
    row = {**event(), "station": "B", "grade": "Ⅱ"}
    with delivering(lane, database_url, view=later) as task:
        put(task, lane, batch_of(lane, later, [row], [2], [b"B"]))
    assert [(each["station"], each["grade"]) for each in ask(database_url, ROWS)] == [
        ("A", None),
        ("B", "Ⅱ"),
    ]


def test_a_column_that_the_view_no_longer_shows_stays_and_is_empty(
    lane: Lane, database_url: str
) -> None:
    with delivering(lane, database_url) as task:
        put(task, lane, reading_batch(lane, [{"station": "A"}]))
    narrow = schema(fields=[one for one in reading_fields() if one["name"] != "operator"])
    row = {name: value for name, value in event().items() if name != "operator"}
    with delivering(lane, database_url, view=narrow) as task:
        put(task, lane, batch_of(lane, narrow, [{**row, "station": "B"}], [2], [b"B"]))
    assert [each["operator"] for each in ask(database_url, ROWS)] == ["Li Bing", None]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("ALTER TABLE reading RENAME COLUMN lq_seq TO n", "'n' may not be null"),
        ("ALTER TABLE reading ALTER COLUMN value TYPE TEXT", "'value' is TEXT.*needs DOUBLE PREC"),
        ("ALTER TABLE reading ALTER occurred_at TYPE TIMESTAMP", "needs TIMESTAMP WITH TIME ZONE"),
        ("ALTER TABLE reading DROP CONSTRAINT reading_pkey", r"exactly \(station\); make one"),
        ("ALTER TABLE reading ADD mine INT NOT NULL", "'mine' may not be null.*a default"),
        ("DROP TABLE reading", "not there, and lingqu_progress counts events as delivered"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_the_cure(
    lane: Lane, postgres_url: str, change: str, sentence: str
) -> None:
    with delivering(lane, postgres_url) as task:
        put(task, lane, reading_batch(lane, []))
    tell(postgres_url, change)
    with (
        pytest.raises(PermanentError, match=f"table 'reading' of feed 'partner-a'.*{sentence}"),
        delivering(lane, postgres_url),
    ):
        pytest.fail("it was taken")


def test_a_table_made_beforehand_with_wider_types_and_columns_of_its_own_will_do(
    lane: Lane, postgres_url: str
) -> None:
    with delivering(lane, postgres_url):
        pass
    tell(
        postgres_url,
        "ALTER TABLE reading ALTER station TYPE VARCHAR(40), ALTER parts TYPE JSON USING '[]'",
        "ALTER TABLE reading ALTER lq_part TYPE BIGINT, ADD id BIGINT GENERATED ALWAYS AS IDENTITY",
        "ALTER TABLE reading ADD read_at TIMESTAMP NOT NULL DEFAULT now()",
    )
    with delivering(lane, postgres_url, create_table=False) as task:
        put(task, lane, reading_batch(lane, [{"station": "A"}]))
    assert values(postgres_url) == [("A", 7.5, 1)]


def test_without_leave_to_make_tables_their_absence_is_said(lane: Lane, database_url: str) -> None:
    with (
        pytest.raises(PermanentError, match="is not there; make it, or set create_table: true"),
        delivering(lane, database_url, create_table=False),
    ):
        pytest.fail("it was taken")


def test_what_the_table_refuses_is_rejected_and_the_rest_goes_in(
    lane: Lane, database_url: str
) -> None:
    with delivering(lane, database_url):
        pass
    limit(database_url, "value < 100")
    rows = [
        {"station": f"S{n % 10}", "value": 500.0 if n in (23, 29) else float(n)} for n in range(30)
    ]
    with delivering(lane, database_url) as task:
        put(task, lane, reading_batch(lane, rows))
    assert [sequence for sequence, _ in lane.rejected] == [24, 30]
    assert {verdict.status for _, verdict in lane.rejected} == {"rejected"}
    assert "500" not in str(lane.rejected)
    found = {station: value for station, value, _ in values(database_url)}
    assert len(found) == 10
    assert (found["S3"], found["S9"]) == (13.0, 19.0), "what came before the refused one stands"


def limit(url: str, condition: str) -> None:
    """Let the partner's own rule guard the table; SQLite can only be told by a trigger."""
    if url.startswith("sqlite"):
        tell(
            url,
            f"CREATE TRIGGER guard BEFORE INSERT ON reading WHEN NOT (NEW.{condition}) "
            "BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
    else:
        tell(url, f"ALTER TABLE reading ADD CONSTRAINT small CHECK ({condition})")


@pytest.mark.parametrize("note", ["a\x00b", "x" * 5])
def test_a_text_that_postgresql_cannot_hold_costs_no_other_event(
    lane: Lane, postgres_url: str, note: str
) -> None:
    with delivering(lane, postgres_url):
        pass
    tell(postgres_url, "ALTER TABLE reading ALTER note TYPE VARCHAR(4)")
    with delivering(lane, postgres_url) as task:
        put(task, lane, reading_batch(lane, [{"station": "A"}, {"station": "B", "note": note}]))
    assert [station for station, _, _ in values(postgres_url)] == ["A"]
    assert [sequence for sequence, _ in lane.rejected] == [2]


def test_an_instant_that_postgresql_cannot_hold_costs_no_other_event(
    lane: Lane, postgres_url: str
) -> None:
    rows: list[dict[str, Any]] = [{"station": each} for each in "ABC"]
    rows[1]["occurred_at"] = 10**15
    with delivering(lane, postgres_url) as task:
        put(task, lane, reading_batch(lane, rows))
    assert [station for station, _, _ in values(postgres_url)] == ["A", "C"]
    assert [sequence for sequence, _ in lane.rejected] == [2]


def test_a_table_that_takes_nothing_stops_the_lane_and_empties_no_topic(
    lane: Lane, database_url: str
) -> None:
    with delivering(lane, database_url):
        pass
    limit(database_url, "value < 0")
    rows = [{"station": f"S{n}"} for n in range(150)]
    with (
        pytest.raises(PermanentError, match=r"refuses every row.*alter the table"),
        delivering(lane, database_url) as task,
    ):
        put(task, lane, reading_batch(lane, rows))
    assert lane.rejected == []


def test_lanes_that_start_together_make_one_table(database_url: str) -> None:
    lanes = [Lane("partner-a", "demo.reading.v1", n, 6, key=("station",)) for n in range(6)]

    def deliver(lane: Lane) -> None:
        with delivering(lane, database_url) as task:
            put(task, lane, reading_batch(lane, [{"station": f"S{lane.partition}"}]))

    with ThreadPoolExecutor(6) as others:
        list(others.map(deliver, lanes))
    assert len(ask(database_url, ROWS)) == 6
    assert len(ask(database_url, "SELECT * FROM lingqu_progress")) == 6

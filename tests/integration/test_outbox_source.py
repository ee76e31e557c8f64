"""Outbox tables of real databases: what ends, what stays, and what is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.support.tables import ask, partner, tell

from lingqu.connect.plugins import parse_options
from lingqu.connect.record_source import Polled
from lingqu.connect.samples import source_context
from lingqu.errors import PermanentError, UnavailableError
from lingqu_connectors.database.outbox import OutboxSource

pytestmark = pytest.mark.integration

MAKE = "CREATE TABLE outbox (id INTEGER PRIMARY KEY, meter TEXT, body TEXT, taken TEXT)"

Take = Callable[..., "Taking"]


class Taking:
    """A source and the position that a hub would keep."""

    def __init__(self, url: str, **options: Any) -> None:
        wanted = parse_options("database-outbox-source", {"url": url, "table": "outbox", **options})
        self.position: bytes | None = None
        self.source = OutboxSource()
        self.source.start(source_context(wanted, {}, {}))

    def poll(self) -> list[dict[str, Any]]:
        """Return the next rows, which are committed; they have not ended yet."""
        polled: Polled | None = self.source.poll(self.position)
        if polled is None:
            return []
        self.position = self.source.advance(polled, {}).position
        return [row.row for row in polled.rows if row.row is not None]

    def settle(self) -> None:
        assert self.position is not None
        self.source.settled(self.position)


@pytest.fixture
def take() -> Iterator[Take]:
    begun: list[Taking] = []

    def begin(url: str, **options: Any) -> Taking:
        begun.append(Taking(url, **options))
        return begun[-1]

    yield begin
    for each in begun:
        each.source.stop()


def insert(url: str, *rows: tuple[int, str]) -> None:
    tell(url, *(f"INSERT INTO outbox (id, meter) VALUES ({n}, '{meter}')" for n, meter in rows))


def meters(url: str, where: str = "1 = 1") -> list[str]:
    return [row["meter"] for row in ask(url, f"SELECT meter FROM outbox WHERE {where} ORDER BY id")]


def test_rows_that_are_taken_are_deleted_and_the_rest_follows(
    database_url: str, take: Take
) -> None:
    tell(database_url, MAKE)
    insert(database_url, (3, "C"), (1, "A"), (2, "B"))
    taking = take(database_url, batch=2)
    assert taking.poll() == [{"meter": "A"}, {"meter": "B"}]
    assert meters(database_url) == ["A", "B", "C"], "nothing ends before the commit"
    taking.settle()
    assert meters(database_url) == ["C"]
    assert taking.poll() == [{"meter": "C"}]


def test_rows_that_are_taken_are_marked_and_do_not_come_again(
    database_url: str, take: Take
) -> None:
    tell(database_url, MAKE)
    insert(database_url, (1, "A"), (2, "B"))
    taking = take(database_url, taken="taken", batch=1)
    assert taking.poll() == [{"meter": "A"}]
    taking.settle()
    taking.settle()
    assert meters(database_url, "taken IS NOT NULL") == ["A"]
    assert taking.poll() == [{"meter": "B"}]


def test_a_new_row_under_the_id_of_one_that_was_taken_stays(database_url: str, take: Take) -> None:
    tell(database_url, MAKE)
    insert(database_url, (1, "A"))
    taking = take(database_url)
    taking.poll()
    taking.settle()
    insert(database_url, (1, "B"))
    taking.settle()
    assert taking.poll() == [{"meter": "B"}]


def test_a_row_that_is_corrected_before_it_ends_is_taken_anew(
    database_url: str, take: Take
) -> None:
    tell(database_url, MAKE)
    insert(database_url, (1, "A"))
    taking = take(database_url)
    taking.poll()
    tell(database_url, "UPDATE outbox SET meter = 'B'")
    taking.settle()
    assert taking.poll() == [{"meter": "B"}]


def test_a_row_that_commits_late_is_taken(postgres_url: str, take: Take) -> None:
    tell(postgres_url, MAKE)
    taking = take(postgres_url)
    with partner(postgres_url) as late:
        late.exec_driver_sql("INSERT INTO outbox (id, meter) VALUES (1, 'late')")
        insert(postgres_url, (2, "quick"))
        assert taking.poll() == [{"meter": "quick"}]
        taking.settle()
    assert taking.poll() == [{"meter": "late"}]


def test_a_payload_is_the_event_and_what_is_none_is_kept_for_its_letter(
    database_url: str, take: Take
) -> None:
    tell(database_url, MAKE)
    for n, body in enumerate(('{"meter": "A"}', "{half", "[1]"), 1):
        tell(database_url, f"INSERT INTO outbox (id, body) VALUES ({n}, '{body}')")
    found = take(database_url, payload="body").poll()
    assert found == [{"meter": "A"}, {"body": "{half"}, {"body": "[1]"}]


def test_an_id_that_names_two_rows_is_refused(database_url: str, take: Take) -> None:
    tell(database_url, MAKE)
    insert(database_url, (1, "A"), (2, "A"))
    with pytest.raises(PermanentError, match="two rows share one 'meter'; name a column that is"):
        take(database_url, id="meter").poll()


def test_names_may_hold_percent_signs_and_colons(database_url: str, take: Take) -> None:
    tell(database_url, 'CREATE TABLE "50% out" ("a\\:%b" INTEGER, meter TEXT)')
    tell(database_url, "INSERT INTO \"50% out\" VALUES (1, 'A')")
    taking = take(database_url, table="50% out", id="a:%b")
    assert taking.poll() == [{"meter": "A"}]
    taking.settle()
    assert taking.poll() == []


def test_a_file_that_is_not_there_is_not_made(tmp_path: Any, take: Take) -> None:
    with pytest.raises(UnavailableError, match="cannot be opened; is its folder there"):
        take(f"sqlite:///{tmp_path / 'absent.sqlite'}")
    assert list(tmp_path.iterdir()) == []

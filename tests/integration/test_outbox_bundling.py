from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, inspect, text
from tests.support.outbox_events import waiting_in

from lingqu.outbox import EncodedEvent, append
from lingqu.outbox.bundling import bundle_outbox
from lingqu.outbox.model import OUTBOX, OUTBOX_BUNDLE, create_outbox
from lingqu.outbox.rows import Rows, digest
from lingqu.service.database import make_engine, session_factory

pytestmark = pytest.mark.integration

_COLUMNS = "topic TEXT NOT NULL, event_id TEXT NOT NULL, key TEXT NOT NULL"
_FIRST_FORM = {
    "sqlite": f"id INTEGER PRIMARY KEY AUTOINCREMENT, {_COLUMNS}, payload BLOB NOT NULL",
    "postgresql": f"id BIGSERIAL PRIMARY KEY, {_COLUMNS}, payload BYTEA NOT NULL",
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def make_first_form(connection: Connection) -> None:
    """Make the outbox as it was, with rows 2 and 3 of 4 left."""
    OUTBOX.tables["outbox_generation"].create(connection)
    columns = _FIRST_FORM[connection.dialect.name]
    connection.execute(text(f"CREATE TABLE outbox_row ({columns})"))
    for name in "abcd":
        row = {"topic": "demo.reading.v1", "id": name, "key": f"k{name}", "payload": name.encode()}
        connection.execute(
            text(
                "INSERT INTO outbox_row (topic, event_id, key, payload)"
                " VALUES (:topic, :id, :key, :payload)"
            ),
            row,
        )
    connection.execute(text("DELETE FROM outbox_row WHERE id IN (1, 4)"))


def test_rows_keep_their_ids_events_and_digest_and_ids_go_on(engine: Engine) -> None:
    with engine.begin() as connection:
        make_first_form(connection)
        bundle_outbox(connection)

    rows = Rows(engine)
    assert rows.digest_of([2, 3]) == digest([(2, "b"), (3, "c")])
    with session_factory(engine).begin() as session:
        append(session, "demo.reading.v1", EncodedEvent("e", "ke", b"e"))
        told = [(each.key, each.payload) for each in waiting_in(session)]
    assert told == [("kb", b"b"), ("kc", b"c"), ("ke", b"e")]
    assert [bundle.id for bundle in rows.batch()] == [2, 3, 5]
    assert not inspect(engine).has_table("outbox_row")


def test_postgresql_does_not_compress_what_is_read_once(postgres_url: str) -> None:
    made = make_engine(postgres_url)
    stored = text("SELECT attstorage FROM pg_attribute WHERE attrelid = :table ::regclass")
    with made.begin() as connection:
        create_outbox(connection)
        kinds = connection.scalars(stored, {"table": OUTBOX_BUNDLE.name}).all()
    made.dispose()
    assert kinds.count("e") == 1


def test_an_outbox_made_today_is_left_as_it_is(engine: Engine) -> None:
    with engine.begin() as connection:
        create_outbox(connection)
        bundle_outbox(connection)
    assert inspect(engine).has_table(OUTBOX_BUNDLE.name)

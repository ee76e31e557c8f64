"""From the outbox's first form, a row an event in `outbox_row`, to bundles."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from lingqu.outbox.append import COLUMNS, rows_of
from lingqu.outbox.model import OUTBOX, OUTBOX_BUNDLE, EncodedEvent

_OLD = text("SELECT id, topic, event_id, key, payload FROM outbox_row ORDER BY id")
_GO_ON = {
    "postgresql": (
        """SELECT setval(pg_get_serial_sequence('outbox_bundle', 'id'), last_value)
        FROM outbox_row_id_seq""",
    ),
    "sqlite": (
        "DELETE FROM sqlite_sequence WHERE name = 'outbox_bundle'",
        """INSERT INTO sqlite_sequence (name, seq)
        SELECT 'outbox_bundle', seq FROM sqlite_sequence WHERE name = 'outbox_row'""",
    ),
}


def bundle_outbox(connection: Connection) -> None:
    """Make each row a bundle of one, for an Alembic revision: `bundle_outbox(op.get_bind())`.

    Rows keep their ids and what tells their events apart, for a relay's last progress may name
    them; and ids go on where they were. Does nothing where the tables were made as they are now.
    """
    if not inspect(connection).has_table("outbox_row"):
        return
    OUTBOX.create_all(connection)
    for row in connection.execute(_OLD):
        event = EncodedEvent(row.event_id, row.key, bytes(row.payload))
        (bundle,) = rows_of(row.topic, [event])
        values = dict(zip(COLUMNS, bundle, strict=True))
        connection.execute(OUTBOX_BUNDLE.insert(), {"id": row.id, **values})
    for statement in _GO_ON[connection.dialect.name]:
        connection.execute(text(statement))
    connection.execute(text("DROP TABLE outbox_row"))

"""Takes in the rows of a partner's outbox table, and ends each once it is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import orjson

from lingqu.connect.api import Options
from lingqu.connect.record_source import (
    Advance,
    Polled,
    Polling,
    RecordSource,
    SourceContext,
    SourceRow,
)
from lingqu.errors import Reason
from lingqu_connectors.database.fields import Fields
from lingqu_connectors.database.options import DatabaseOutboxOptions
from lingqu_connectors.database.outbox_rows import OutboxRows, Row, digest_of
from lingqu_connectors.database.place import read, written
from lingqu_connectors.database.session import Session


class OutboxSource(RecordSource):
    """Guarantee: exactly once, in the order of the table, however late a row commits.

    Ids and digests of the rows taken commit with them; then the rows are deleted or marked. A crash
    between the two only delays that: it is done before the next rows are read.
    """

    options_model: ClassVar[type[Options]] = DatabaseOutboxOptions

    def __init__(self) -> None:
        self._sessions: list[Session] = []

    @classmethod
    def polling(cls, options: Any) -> Polling:
        return Polling(options.every_s)

    def start(self, context: SourceContext) -> None:
        options: DatabaseOutboxOptions = context.options
        name = f"lingqu {context.connector}"
        self._options = options
        self._fields = Fields(context.schema, options.timezone)
        self._reading = Session(options, context.secret, name, context.permit, read_only=True)
        self._writing = Session(options, context.secret, name, context.permit)
        self._sessions = [self._reading, self._writing]
        self._rows = OutboxRows(options, self._reading.dialect)
        with self._reading.transaction():
            pass  # raises where nothing is there: to write would make an empty file

    def poll(self, position: bytes | None) -> Polled | None:
        del position  # what was taken has been ended
        with self._reading.transaction() as connection:
            found = self._rows.waiting(connection)
        if not found:
            return None
        place = f"table {self._options.table!r}"
        rows = [SourceRow(place, self._event(row)) for row in found]
        return Polled(rows, more=len(found) == self._options.batch, state=self._position(found))

    def advance(self, polled: Polled, refused: Mapping[int, Reason]) -> Advance:
        del refused  # each is a dead letter, which keeps the row
        return Advance(polled.state)

    def settled(self, position: bytes) -> None:
        taken = {read(*each): bytes.fromhex(digest) for *each, digest in orjson.loads(position)}
        with self._writing.transaction() as connection:
            self._rows.end(connection, taken)

    def stop(self) -> None:
        sessions, self._sessions = self._sessions, []
        for session in sessions:
            session.close()

    def _position(self, rows: Sequence[Row]) -> bytes:
        name = self._options.id
        return orjson.dumps([[*written(name, row[name]), digest_of(row).hex()] for row in rows])

    def _event(self, row: Row) -> dict[str, Any]:
        """Return the event; what is none goes to its dead letter as it is."""
        name = self._options.payload
        if name is None:
            return self._fields.event(row)
        payload = row.get(name)
        try:
            event = orjson.loads(payload) if isinstance(payload, str | bytes) else payload
        except orjson.JSONDecodeError:
            event = None
        return event if isinstance(event, dict) else {name: _shown(payload)}


def _shown(payload: Any) -> Any:
    return payload if isinstance(payload, str | int | float | list | None) else repr(payload)

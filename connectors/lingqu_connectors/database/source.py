"""Takes in the rows of a partner's table or query."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

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
from lingqu_connectors.database.keyed_rows import KeyedRows
from lingqu_connectors.database.options import DatabaseSourceOptions
from lingqu_connectors.database.place import Key, decode, encode
from lingqu_connectors.database.session import Session


class DatabaseSource(RecordSource):
    """Guarantee: exactly once, in the order of the key, for rows that only come and only grow.

    The key of the last row taken commits with the rows. A row is taken once a row at or behind it
    has been seen for a while, so that a transaction that commits late is not passed over; deletions
    are not seen.
    """

    options_model: ClassVar[type[Options]] = DatabaseSourceOptions

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._session: Session | None = None
        self._seen: deque[tuple[float, Key]] = deque()
        self._until: Key | None = None

    @classmethod
    def polling(cls, options: Any) -> Polling:
        return Polling(options.every_s)

    def start(self, context: SourceContext) -> None:
        options: DatabaseSourceOptions = context.options
        self._options = options
        self._fields = Fields(context.schema, options.timezone)
        name = f"lingqu {context.connector}"
        self._session = Session(options, context.secret, name, context.permit, read_only=True)
        self._rows = KeyedRows(options, self._session.dialect)

    def poll(self, position: bytes | None) -> Polled | None:
        assert self._session is not None, "start comes first"  # noqa: S101 - a programming error
        key = None if position is None else decode(self._options.key, position)
        with self._session.transaction() as connection:
            until = self._settled_until(self._rows.newest(connection))
            if until is None:
                return None
            found = self._rows.after(connection, key, until)
        if not found.rows:
            return None
        place = f"table {self._options.table!r}" if self._options.table else "the query"
        rows = [SourceRow(place, self._fields.event(row)) for row in found.rows]
        return Polled(rows, found.more, state=self._rows.key_of(found.rows[-1]))

    def advance(self, polled: Polled, refused: Mapping[int, Reason]) -> Advance:
        del refused  # each is a dead letter, and that is all
        return Advance(encode(self._options.key, polled.state))

    def settled(self, position: bytes) -> None:
        """Nothing follows at the source: the rows are the partner's."""

    def stop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _settled_until(self, newest: Key | None) -> Key | None:
        """Return the greatest key that was there for `settle_s`; whatever is below it is there."""
        now = self._now()
        if newest is not None and (not self._seen or self._seen[-1][1] != newest):
            self._seen.append((now, newest))
        while self._seen and now - self._seen[0][0] >= self._options.settle_s:
            self._until = self._seen.popleft()[1]
        return self._until

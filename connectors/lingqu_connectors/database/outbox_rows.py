"""The rows of a partner's outbox table: those that wait, and their end once they are taken."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect

from lingqu.errors import PermanentError
from lingqu_connectors.database.options import DatabaseOutboxOptions

Row = Mapping[str, Any]


class OutboxRows:
    """Reads the table in its order, and ends rows that are still what they were when taken."""

    def __init__(self, options: DatabaseOutboxOptions, dialect: Dialect) -> None:
        self._options = options
        self._postgresql = dialect.name == "postgresql"
        self._marker = "%({})s" if self._postgresql else ":{}"
        quote = dialect.identifier_preparer.quote_identifier  # doubles % where a marker has one
        self._table = ".".join(map(quote, options.table.split(".")))
        self._id = quote(options.id)
        self._order = quote(options.order or options.id)
        taken = quote(options.taken) if options.taken else None
        self._waiting = f"{self._id} IS NOT NULL" + (f" AND {taken} IS NULL" if taken else "")
        self._end = (
            f"UPDATE {self._table} SET {taken} = CURRENT_TIMESTAMP"  # noqa: S608 - names are quoted
            if taken
            else f"DELETE FROM {self._table}"  # noqa: S608 - names are quoted
        )

    def waiting(self, connection: Connection) -> Sequence[Row]:
        """Return the next rows. Raises PermanentError where the id does not tell them apart."""
        statement = (
            f"SELECT * FROM {self._table} WHERE {self._waiting} "  # noqa: S608 - names are quoted
            f"ORDER BY {self._order}, {self._id} LIMIT {self._marker.format('most')}"
        )
        found = connection.exec_driver_sql(statement, {"most": self._options.batch})
        rows = [dict(row) for row in found.mappings()]
        self._check_unique(rows)
        return rows

    def end(self, connection: Connection, taken: Mapping[Any, bytes]) -> None:
        """Delete or mark the rows of these ids whose content has that digest; others stay.

        A table may give the id of a deleted row to a new one, and a row may be corrected after it
        was read: neither has been taken.
        """
        ended = [
            row[self._options.id]
            for row in self._of(connection, [*taken])
            if digest_of(row) == taken[row[self._options.id]]
        ]
        if ended:
            chosen, values = self._among(ended)
            connection.exec_driver_sql(f"{self._end} WHERE {chosen}", values)

    def _of(self, connection: Connection, ids: Sequence[Any]) -> Sequence[Row]:
        chosen, values = self._among(ids)
        lock = " FOR UPDATE" if self._postgresql else ""
        statement = f"SELECT * FROM {self._table} WHERE {self._waiting} AND {chosen}{lock}"  # noqa: S608 - names are quoted
        rows = [dict(row) for row in connection.exec_driver_sql(statement, values).mappings()]
        self._check_unique(rows)
        return rows

    def _among(self, ids: Sequence[Any]) -> tuple[str, dict[str, Any]]:
        values = {f"i{place}": value for place, value in enumerate(ids)}
        return f"{self._id} IN ({', '.join(map(self._marker.format, values))})", values

    def _check_unique(self, rows: Sequence[Row]) -> None:
        counted = Counter(row[self._options.id] for row in rows)
        if len(counted) < len(rows):
            raise PermanentError(
                f"table {self._options.table!r}: two rows share one {self._options.id!r}; name a "
                "column that is unique by the option id"
            )


def digest_of(row: Row) -> bytes:
    """Return what tells the content of a row from any other."""
    plain = sorted((name, bytes(v) if isinstance(v, memoryview) else v) for name, v in row.items())
    return hashlib.blake2b(repr(plain).encode(), digest_size=12).digest()

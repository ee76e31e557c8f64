"""Rows of a table or query after a key, in the order of the key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect

from lingqu.errors import PermanentError
from lingqu_connectors.database.options import DatabaseSourceOptions
from lingqu_connectors.database.place import Key

Row = Mapping[str, Any]


class Found(NamedTuple):
    """The next rows, and whether there are more behind them."""

    rows: Sequence[Row]
    more: bool


class KeyedRows:
    """Asks for rows a batch at a time; a batch never ends between two rows of one key."""

    def __init__(self, options: DatabaseSourceOptions, dialect: Dialect) -> None:
        self._names = options.key
        self._batch = options.batch
        self._marker = "%({})s" if dialect.name == "postgresql" else ":{}"
        quote = dialect.identifier_preparer.quote_identifier  # doubles % where a marker has one
        self._columns = [quote(name) for name in options.key]
        self._known = " AND ".join(f"{column} IS NOT NULL" for column in self._columns)
        if options.table is not None:
            self._from = ".".join(map(quote, options.table.split(".")))
        else:
            query = (options.query or "").strip().rstrip(";")
            if dialect.name == "postgresql":
                query = query.replace("%", "%%")
            self._from = f"({query}\n) AS lingqu_rows"

    def newest(self, connection: Connection) -> Key | None:
        """Return the greatest key there is now."""
        order = ", ".join(f"{column} DESC" for column in self._columns)
        rows = self._ask(connection, self._known, order, {}, 1)
        return self.key_of(rows[0]) if rows else None

    def after(self, connection: Connection, key: Key | None, until: Key) -> Found:
        """Return the next rows behind the key, none of them beyond `until`.

        Raises PermanentError where more rows than a batch holds share one key: some would be passed
        over.
        """
        bounds = {f"u{place}": value for place, value in enumerate(until)}
        condition = self._against("<=", bounds)
        if key is not None:
            lower = {f"k{place}": value for place, value in enumerate(key)}
            condition += f" AND {self._against('>', lower)}"
            bounds |= lower
        order, condition = ", ".join(self._columns), f"{self._known} AND {condition}"
        return self._whole(self._ask(connection, condition, order, bounds, self._batch + 1))

    def key_of(self, row: Row) -> Key:
        return tuple(row[name] for name in self._names)

    def _whole(self, rows: Sequence[Row]) -> Found:
        """Return the rows without those whose key goes on in the next batch."""
        if len(rows) <= self._batch:
            return Found(rows, more=False)
        going_on = self.key_of(rows[-1])
        whole = [row for row in rows if self.key_of(row) != going_on]
        if not whole:
            raise PermanentError(
                f"over {self._batch:,} rows share one key ({', '.join(self._names)}); add a column "
                "to key that tells them apart"
            )
        return Found(whole, more=True)

    def _against(self, operator: str, bounds: Mapping[str, Any]) -> str:
        values = ", ".join(self._marker.format(name) for name in bounds)
        return f"({', '.join(self._columns)}) {operator} ({values})"

    def _ask(
        self, connection: Connection, condition: str, order: str, bounds: Row, most: int
    ) -> Sequence[Row]:
        start = f"SELECT * FROM {self._from} WHERE "  # noqa: S608 - names quoted, the query is theirs
        statement = f"{start}{condition} ORDER BY {order} LIMIT {most}"
        found = connection.exec_driver_sql(statement, dict(bounds))
        return [dict(row) for row in found.mappings()]

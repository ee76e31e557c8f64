"""Rows into SQLite: one prepared statement for all rows of a batch."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.dialects.sqlite import insert

from lingqu.connect.api import SinkContext
from lingqu.connect.columns import as_text
from lingqu.table_columns import FEED, PART
from lingqu_connectors.database.columns import CHANGE, WITHDRAWAL, Rows
from lingqu_connectors.database.table import Target
from lingqu_connectors.database.writing import Loader


class SqliteLoader(Loader):
    """The file's one writer while its transaction lasts."""

    def __init__(self, target: Target, context: SinkContext) -> None:
        super().__init__(target, context)
        names = [*target.names, FEED, PART]
        self._coming: dict[str, Any] = {
            name: bindparam(f"p{place}") for place, name in enumerate(names)
        }
        self._insert = self.on_conflict(insert(target.table).values(self._coming))
        self._delete = delete(target.table).where(
            self.same_key(self._coming), self.newer(self._coming)
        )

    def prepare(self, connection: Connection) -> None:
        """Nothing: the statements are prepared by the driver."""

    def load(self, connection: Connection, rows: Rows) -> None:
        written, withdrawn = self._apart(rows.columns)
        if withdrawn:
            connection.execute(self._delete, withdrawn)
        if written:
            connection.execute(self._insert, written)

    def _apart(self, columns: pa.Table) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the rows to write, and those to remove."""
        values = [_plain(columns.column(name)).to_pylist() for name in self.target.names]
        places = [each.key for each in self._coming.values()]
        lane = [self.lane[FEED], self.lane[PART]]
        rows = [dict(zip(places, [*row, *lane], strict=True)) for row in zip(*values, strict=True)]
        if not self.deletes:
            return rows, []
        goes = [change == WITHDRAWAL for change in columns.column(CHANGE).to_pylist()]
        return (
            [row for row, gone in zip(rows, goes, strict=True) if not gone],
            [row for row, gone in zip(rows, goes, strict=True) if gone],
        )


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return instants and days as text: SQLite has no type for them."""
    if not pa.types.is_temporal(column.type):
        return column
    return pa.chunked_array([as_text(chunk) for chunk in column.chunks], pa.string())

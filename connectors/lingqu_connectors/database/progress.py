"""The lane's row of `lingqu_progress` in the partner's database: who owns it, and how far it is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, and_, func, inspect, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.elements import ColumnElement

from lingqu.connect.api import SinkContext
from lingqu.errors import FencedError
from lingqu_connectors.database.column_types import NativeType

NAME = "lingqu_progress"
_UPSERT: dict[str, Any] = {"postgresql": postgresql_insert, "sqlite": sqlite_insert}


class LaneProgress:
    """Owned by the task that claimed it last.

    Each claim raises `fence`, and whoever comes with an older one changes nothing.
    """

    def __init__(self, context: SinkContext, schema: str | None) -> None:
        self._context = context
        self._place = f"feed {context.feed!r}, partition {context.partition}: {NAME} of the partner"
        self._table = _table(schema)
        self._fence = -1

    def prepare(self, connection: Connection) -> bool:
        """Make the table if it is missing; say whether this lane has delivered anything yet."""
        if not inspect(connection).has_table(NAME, self._table.schema):
            connection.execute(CreateTable(self._table))
        columns = self._table.c
        found = select(columns.progress).where(self._mine(), columns.progress.is_not(None))
        return connection.execute(found).first() is not None

    def claim(self, connection: Connection) -> bytes | None:
        """Fence every earlier owner and return the progress; waits for one in mid-transaction."""
        columns = self._table.c
        claimed = _UPSERT[connection.dialect.name](self._table).values(**self._identity(), fence=1)
        claimed = claimed.on_conflict_do_update(
            index_elements=list(self._table.primary_key),
            set_={"fence": columns.fence + 1},
        )
        row = connection.execute(claimed.returning(columns.fence, columns.progress)).one()
        self._fence = row.fence
        return None if row.progress is None else str(row.progress).encode()

    def advance(self, connection: Connection, progress: bytes, last_sequence: int | None) -> None:
        """Write the progress first of all; raise FencedError where a newer task has claimed it."""
        columns = self._table.c
        values: dict[str, Any] = {
            "progress": progress.decode(),
            "updated_at": func.current_timestamp(),
        }
        if last_sequence is not None:
            values["last_seq"] = last_sequence
        mine = and_(self._mine(), columns.fence == self._fence)
        if connection.execute(self._table.update().where(mine).values(**values)).rowcount != 1:
            raise FencedError(f"{self._place} was claimed by a newer owner; this one gives it up")

    def _identity(self) -> dict[str, Any]:
        context = self._context
        return {
            "region": context.region,
            "feed": context.lane_feed,
            "topic": context.topic,
            "part": context.partition,
        }

    def _mine(self) -> ColumnElement[bool]:
        columns = self._table.c
        return and_(*(columns[name] == value for name, value in self._identity().items()))


def _table(schema: str | None) -> Table:
    text, number = NativeType("TEXT"), NativeType("BIGINT")
    return Table(
        NAME,
        MetaData(schema=schema),
        Column("region", text, primary_key=True),
        Column("feed", text, primary_key=True),
        Column("topic", text, primary_key=True),
        Column("part", number, primary_key=True),
        Column("fence", number, nullable=False),
        Column("last_seq", number),
        Column("progress", text),
        Column("updated_at", NativeType("TIMESTAMP WITH TIME ZONE")),
        quote_schema=schema is not None,
    )

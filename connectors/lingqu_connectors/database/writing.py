"""Rows into the table: what both kinds of database do, whatever way the rows go in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection, and_, or_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ColumnElement

from lingqu.connect.api import SinkContext
from lingqu.errors import PermanentError, Reason
from lingqu.table_columns import FEED, PART, SEQUENCE
from lingqu_connectors.database.columns import Rows
from lingqu_connectors.database.failures import row_fault
from lingqu_connectors.database.options import DatabaseSinkOptions
from lingqu_connectors.database.table import Target

# So many refused and not one taken is a wrong table, not so many wrong events.
_ALL_REFUSED = 100


class Loader(ABC):
    """One way into the table, in the caller's transaction; raises what the driver raises."""

    def __init__(self, target: Target, context: SinkContext) -> None:
        self.target = target
        self.options: DatabaseSinkOptions = context.options
        self.lane = {FEED: context.feed, PART: context.partition}
        self.attempt = context.attempt

    @abstractmethod
    def prepare(self, connection: Connection) -> None:
        """Make once, after the table is there, what `load` needs."""

    def begin(self) -> None:  # noqa: B027 - not every way needs to know
        """Hear that a transaction has begun, which is empty so far."""

    @abstractmethod
    def load(self, connection: Connection, rows: Rows) -> None:
        """Write rows, each key at most once among them."""

    @property
    def upsert(self) -> bool:
        return self.options.mode == "upsert"

    @property
    def deletes(self) -> bool:
        """Say whether a withdrawal removes its row."""
        return self.options.withdrawn == "delete"

    def on_conflict(self, statement: Any) -> Any:
        """Return the insert that never overwrites a newer row, and keeps an event there once."""
        key = [self.target.table.c[name] for name in self.target.key]
        if not self.upsert:
            return statement.on_conflict_do_nothing(index_elements=key)
        changed = [
            each.name for each in self.target.table.columns if each.name not in self.target.key
        ]
        return statement.on_conflict_do_update(
            index_elements=key,
            set_={name: statement.excluded[name] for name in changed},
            where=self.newer(statement.excluded),
        )

    def newer(self, coming: Any) -> ColumnElement[bool]:
        """Say when a row gives way: numbers of one lane are in order; another feed always wins.

        Sent again, an event takes the place of itself too: that may be what it is sent again for.
        """
        there = self.target.table.c
        if self.attempt > 1:
            behind = coming[SEQUENCE] >= there[SEQUENCE]
        else:
            behind = coming[SEQUENCE] > there[SEQUENCE]
        return or_(
            there[FEED].is_distinct_from(coming[FEED]),
            there[PART].is_distinct_from(coming[PART]),
            behind,
        )

    def same_key(self, coming: Any) -> ColumnElement[bool]:
        return and_(*(self.target.table.c[name] == coming[name] for name in self.target.key))


@dataclass(slots=True)
class Writing:
    """One batch on its way into the table; what the table refuses is found row by row."""

    loader: Loader
    connection: Connection
    taken: int = 0

    def write(self, rows: Rows) -> dict[int, Reason]:
        """Write all rows that the table takes; return the reason of each other, by its place.

        Once a row is refused the batch is written anew without it: in its stead the row before it
        may be the last of its key.
        """
        refused: dict[int, Reason] = {}
        while True:
            left = rows.without(refused)
            last = left.last_of_each(self.loader.target.key) if self.loader.upsert else left
            whole = self.connection.begin_nested()
            found = self._refused_of(last, {})
            if not found:
                whole.commit()
                return refused
            whole.rollback()
            refused |= found

    def _refused_of(self, rows: Rows, found: dict[int, Reason]) -> dict[int, Reason]:
        """Halve what fails until single rows are left; those are at fault."""
        if not len(rows):
            return found
        fault = self._try(rows)
        if fault is None:
            self.taken += len(rows)
        elif len(rows) > 1:
            for half in rows.halves():
                self._refused_of(half, found)
        else:
            found[rows.places[0].as_py()] = fault
            if len(found) >= _ALL_REFUSED and not self.taken:
                raise PermanentError(
                    f"{self.loader.target.place} refuses every row: {fault.detail}; alter the "
                    "table, or name another one"
                )
        return found

    def _try(self, rows: Rows) -> Reason | None:
        attempt = self.connection.begin_nested()
        try:
            self.loader.load(self.connection, rows)
        except (DBAPIError, psycopg.Error) as error:
            fault = row_fault(error)
            if fault is None:
                raise
            attempt.rollback()
            return fault
        attempt.commit()
        return None

"""The partner's table: planned from the view, made or widened, and refused where it differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Connection, MetaData, PrimaryKeyConstraint, Table, inspect
from sqlalchemy.schema import CreateColumn, CreateTable

from lingqu.connect.api import SinkContext
from lingqu.errors import PermanentError
from lingqu.table_columns import FEED, LANE_COLUMNS, PART, SEQUENCE, Column
from lingqu_connectors.database.column_types import NativeType, native, takes, wanted
from lingqu_connectors.database.columns import CHANGE, columns_of
from lingqu_connectors.database.options import DatabaseSinkOptions

# PostgreSQL cuts longer names without a word, and two columns would become one.
_LONGEST_NAME_BYTES = 63


@dataclass(frozen=True, slots=True)
class Target:
    """The table a lane writes, as the view wants it; `key` is what tells its rows apart."""

    table: Table
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    place: str

    @property
    def names(self) -> list[str]:
        """The columns that come from events, in order."""
        return [*(column.name for column in self.columns), SEQUENCE]


def plan(context: SinkContext, backend: str) -> Target:
    """Return the table that a view makes. Raises PermanentError where no row could be named."""
    options: DatabaseSinkOptions = context.options
    columns = columns_of(context.schema)
    place = f"table {options.table!r} of feed {context.feed!r}"
    _check_names([options.table_name, *(column.name for column in columns)], place)
    key = _key(context, columns, place) if options.mode == "upsert" else (FEED, PART, SEQUENCE)
    table = Table(
        options.table_name,
        MetaData(schema=options.schema_name),
        *(
            SqlColumn(
                each.name,
                native(each.kind, backend, key=each.name in key),
                nullable=each.nullable,
                quote=True,
            )
            for each in (*columns, *LANE_COLUMNS)
        ),
        PrimaryKeyConstraint(*key),
        quote=True,
        quote_schema=options.schema_name is not None,
    )
    return Target(table, columns, key, place)


def settle(connection: Connection, target: Target, *, create: bool, begun: bool) -> None:
    """Make the table, or add what a later view brought; refuse one that cannot hold the rows."""
    inspector, table = inspect(connection), target.table
    if not inspector.has_table(table.name, table.schema):
        _make(connection, target, create=create, begun=begun)
        return
    there = {str(each["name"]): each for each in inspector.get_columns(table.name, table.schema)}
    _check_types(connection, target, there)
    _check_strangers(target, there)
    _check_key(inspector, target)
    missing = [column for column in table.columns if column.name not in there]
    if missing and not create:
        raise PermanentError(
            f"{target.place} lacks the column {missing[0].name!r}; add it as "
            f"{_type_of(missing[0])} that may be null, or set create_table: true"
        )
    for column in missing:
        _add(connection, target, column)


def _make(connection: Connection, target: Target, *, create: bool, begun: bool) -> None:
    if begun:
        raise PermanentError(
            f"{target.place} is not there, and lingqu_progress counts events as delivered; restore "
            "it, make it to go on from here, or give the feed a new id to deliver everything again"
        )
    if not create:
        raise PermanentError(f"{target.place} is not there; make it, or set create_table: true")
    connection.execute(CreateTable(target.table))


def _add(connection: Connection, target: Target, column: SqlColumn[Any]) -> None:
    """Add a column that may be null: rows of the earlier view have nothing in it."""
    if column.name in (FEED, PART, SEQUENCE, *target.key):
        raise PermanentError(
            f"{target.place} lacks the column {column.name!r} and was not made by this sink; add "
            f"it as {_type_of(column)}, or name another table"
        )
    wider = SqlColumn(column.name, column.type, nullable=True, quote=True)
    name = connection.dialect.identifier_preparer.format_table(target.table)
    definition = CreateColumn(wider).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {definition}")


def _key(context: SinkContext, columns: Sequence[Column], place: str) -> tuple[str, ...]:
    options: DatabaseSinkOptions = context.options
    known = {column.name: column for column in columns}
    key = options.key or context.key
    if unknown := [name for name in (*key, *context.key) if name not in known]:
        raise PermanentError(
            f"{place}: the view has no field {unknown[0]!r} to name rows by; let the view keep it "
            "(mask: pseudonym hides it as well), or choose mode append"
        )
    if absent := [name for name in context.key if name not in key]:
        raise PermanentError(
            f"{place}: the option key leaves out {absent[0]!r} of the record key, so one row's "
            "events would come by several lanes in an order of chance; add it to key"
        )
    if empty := [name for name in key if known[name].nullable]:
        raise PermanentError(f"{place}: {empty[0]!r} may be null, so it cannot name a row")
    if options.withdrawn == "delete" and CHANGE not in known:
        raise PermanentError(f"{place}: events without {CHANGE!r} tell no withdrawal to delete by")
    return key


def _check_names(names: Iterable[str], place: str) -> None:
    for name in names:
        if len(name.encode()) > _LONGEST_NAME_BYTES:
            raise PermanentError(
                f"{place}: the name {name!r} takes over {_LONGEST_NAME_BYTES} bytes, which "
                "databases cut; shorten it, or withhold the field"
            )
        if name in (FEED, PART, SEQUENCE):
            raise PermanentError(f"{place}: the field {name!r} has the name of a column of ours")


def _check_types(
    connection: Connection, target: Target, there: Mapping[str, Mapping[str, Any]]
) -> None:
    if connection.dialect.name == "sqlite":
        return  # any column there takes any value
    for column in (*target.columns, *LANE_COLUMNS):
        if column.name in there:
            found = there[column.name]["type"].compile(dialect=connection.dialect)
            if not takes(found, column.kind):
                raise PermanentError(
                    f"{target.place}: column {column.name!r} is {found}, and the view needs "
                    f"{wanted(column.kind)}; alter the column, or name another table"
                )


def _check_strangers(target: Target, there: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse a column of the partner's own that every row would have to fill."""
    for name, found in there.items():
        filled = found["nullable"] or found.get("default") is not None
        made = found.get("identity") or found.get("computed") or found.get("autoincrement") is True
        if name not in target.table.columns and not (filled or made):
            raise PermanentError(
                f"{target.place}: column {name!r} may not be null and the view does not bring it; "
                "give it a default, or name another table"
            )


def _check_key(inspector: Any, target: Target) -> None:
    name, schema = target.table.name, target.table.schema
    unique = [inspector.get_pk_constraint(name, schema)["constrained_columns"]]
    unique += [each["column_names"] for each in inspector.get_unique_constraints(name, schema)]
    unique += [
        each["column_names"]
        for each in inspector.get_indexes(name, schema)
        if each["unique"] and not each.get("dialect_options", {}).get("postgresql_where")
    ]
    if not any(set(each) == set(target.key) for each in unique):
        wanted = ", ".join(target.key)
        raise PermanentError(
            f"{target.place}: no primary key or unique index is on exactly ({wanted}); make one, "
            "or name another table"
        )


def _type_of(column: SqlColumn[Any]) -> str:
    return column.type.get_col_spec() if isinstance(column.type, NativeType) else str(column.type)

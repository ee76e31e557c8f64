"""What an agreement says about a database."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, StringConstraints, field_validator, model_validator
from sqlalchemy.engine import URL

from lingqu.connect.api import SECRET_NAME, Options
from lingqu_connectors.database.address import parse_address

TableName = Annotated[
    str, StringConstraints(pattern=r'^[^."\x00-\x1f]{1,63}(\.[^."\x00-\x1f]{1,63})?$')
]
ColumnName = Annotated[str, StringConstraints(pattern=r'^[^"\x00-\x1f]{1,63}$')]


class DatabaseOptions(Options):
    """Where the database is; its password is a secret of the hub, named and never written down."""

    url: str = Field(
        description="postgresql://user@host:5432/name or sqlite:////absolute/path, no password"
    )
    password_secret: str | None = Field(
        default=None,
        pattern=SECRET_NAME,
        description="name of the worker's secret that is the password",
    )
    timeout_s: int = Field(
        default=60, ge=1, le=3_600, description="longest that one statement may take, in seconds"
    )

    @field_validator("url")
    @classmethod
    def _well_formed(cls, url: str) -> str:
        parse_address(url)
        return url

    @property
    def address(self) -> URL:
        return parse_address(self.url)


class DatabaseSinkOptions(DatabaseOptions):
    """The partner's table, and what becomes of events there."""

    table: TableName = Field(description="the table, or schema.table; quoted, so case counts")
    mode: Literal["upsert", "append"] = Field(
        default="upsert", description="upsert: the latest state of each key; append: every event"
    )
    key: tuple[ColumnName, ...] = Field(
        default=(), description="columns that name a row in mode upsert; default: the record key"
    )
    withdrawn: Literal["mark", "delete"] = Field(
        default="mark", description="what a withdrawal does to its row in mode upsert"
    )
    create_table: bool = Field(
        default=True, description="create the missing table, and columns that a later view adds"
    )
    max_events: int = Field(
        default=20_000, ge=1, le=100_000, description="most events in one transaction"
    )

    @property
    def schema_name(self) -> str | None:
        return self.table.partition(".")[0] if "." in self.table else None

    @property
    def table_name(self) -> str:
        return self.table.rpartition(".")[2]

    @model_validator(mode="after")
    def _fits_the_mode(self) -> Self:
        if self.mode == "append" and (self.key or self.withdrawn != "mark"):
            raise ValueError(
                "mode append keeps every event as a row; leave out key and withdrawn, or choose "
                "mode upsert"
            )
        return self


class DatabaseReadingOptions(DatabaseOptions):
    """How often rows are asked for, and how their times are meant."""

    every_s: float = Field(
        default=5.0, ge=0.1, le=3_600, description="how often the database is asked"
    )
    timezone: str = Field(
        default="Asia/Shanghai", description="zone of times that are stored without one"
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no time zone named {name!r}; write one as Asia/Shanghai") from error
        return name


class DatabaseSourceOptions(DatabaseReadingOptions):
    """Which rows of a database become events, and in which order they come."""

    table: TableName | None = Field(default=None, description="the table or view, or schema.table")
    query: str | None = Field(
        default=None,
        min_length=1,
        description="a SELECT instead of a table, whose columns have the names of fields",
    )
    key: tuple[ColumnName, ...] = Field(
        min_length=1, description="columns that only grow, the first one first: updated_at, id"
    )
    batch: int = Field(default=5_000, ge=1, le=20_000, description="most rows in one transaction")
    settle_s: float = Field(
        default=5.0,
        ge=0,
        le=3_600,
        description="how long a row must have been seen: one that commits late is not passed over",
    )

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("give exactly one of table and query")
        return self


class DatabaseOutboxOptions(DatabaseReadingOptions):
    """Which table is the outbox, what names its rows, and what becomes of those taken."""

    table: TableName = Field(description="the outbox table, or schema.table")
    id: ColumnName = Field(default="id", description="column that names a row; unique")
    order: ColumnName | None = Field(
        default=None, description="column in whose order rows are taken; default: that of id"
    )
    payload: ColumnName | None = Field(
        default=None, description="column that holds the event as JSON; default: columns are fields"
    )
    taken: ColumnName | None = Field(
        default=None,
        description="column that is null until the row is taken, then the time; default: rows are "
        "deleted",
    )
    batch: int = Field(default=1_000, ge=1, le=5_000, description="most rows in one transaction")

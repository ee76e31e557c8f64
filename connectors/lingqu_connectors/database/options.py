"""What an agreement says about a database."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator
from sqlalchemy.engine import URL

from lingqu.connect.api import Options
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
        default=None, min_length=1, description="name of the hub's secret that is the password"
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

"""The registry's tables."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Names sort by their bytes on every database, whatever its locale.
NAME = Text().with_variant(Text(collation="C"), "postgresql")


class Base(DeclarativeBase):
    """Tables of the registry's own database."""


class ChangeRow(Base):
    """The one row that every write raises first: a count of changes, and the writers' lock."""

    __tablename__ = "registry_change"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    writes: Mapped[int] = mapped_column(BigInteger)
    removals: Mapped[int] = mapped_column(BigInteger)


class ContextRow(Base):
    """A context and the id that its next new schema gets."""

    __tablename__ = "registry_context"

    name: Mapped[str] = mapped_column(NAME, primary_key=True)
    next_id: Mapped[int] = mapped_column(Integer)


class SchemaRow(Base):
    """One schema of a context; `extras` is JSON of its references, metadata and ruleSet."""

    __tablename__ = "registry_schema"
    __table_args__ = (
        Index("registry_schema_by_digest", "digest"),
        Index("registry_schema_by_context", "context", "digest"),
    )

    context: Mapped[str] = mapped_column(NAME, primary_key=True)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(32))
    schema_type: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    extras: Mapped[str] = mapped_column(Text)


class SubjectRow(Base):
    """A subject and its count of versions; the row stays when they are gone."""

    __tablename__ = "registry_subject"

    name: Mapped[str] = mapped_column(NAME, primary_key=True)
    context: Mapped[str] = mapped_column(NAME, index=True)
    last_version: Mapped[int] = mapped_column(Integer)
    live: Mapped[int] = mapped_column(Integer)
    held: Mapped[int] = mapped_column(Integer)


class VersionRow(Base):
    """A schema's place in a subject."""

    __tablename__ = "registry_version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["context", "schema_id"], ["registry_schema.context", "registry_schema.id"]
        ),
        Index("registry_version_by_schema", "context", "schema_id"),
    )

    subject: Mapped[str] = mapped_column(NAME, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    context: Mapped[str] = mapped_column(NAME)
    schema_id: Mapped[int] = mapped_column(Integer)
    deleted: Mapped[bool] = mapped_column(default=False)
    registered_at_ms: Mapped[int] = mapped_column(BigInteger)


class ReferenceRow(Base):
    """A schema (`context`, `schema_id`) that uses a version of a subject."""

    __tablename__ = "registry_reference"
    __table_args__ = (Index("registry_reference_by_schema", "context", "schema_id"),)

    subject: Mapped[str] = mapped_column(NAME, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    context: Mapped[str] = mapped_column(NAME, primary_key=True)
    schema_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class ConfigRow(Base):
    """What is configured for a scope (names.py): `members` is a JSON object."""

    __tablename__ = "registry_config"

    scope: Mapped[str] = mapped_column(NAME, primary_key=True)
    members: Mapped[str] = mapped_column(Text)


class ModeRow(Base):
    """The mode of a scope (names.py)."""

    __tablename__ = "registry_mode"

    scope: Mapped[str] = mapped_column(NAME, primary_key=True)
    mode: Mapped[str] = mapped_column(String(32))

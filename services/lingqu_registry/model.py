"""The registry's tables."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Tables of the registry's own database."""


class SchemaRow(Base):
    """One schema; its id and text never change, and its id is never given to another."""

    __tablename__ = "registered_schema"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(32), unique=True)
    text: Mapped[str] = mapped_column(Text)
    extras: Mapped[str] = mapped_column(Text)


class VersionRow(Base):
    """A schema's place in a subject."""

    __tablename__ = "subject_version"

    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    schema_id: Mapped[int] = mapped_column(ForeignKey("registered_schema.id"), index=True)
    deleted: Mapped[bool] = mapped_column(default=False)
    registered_at_ms: Mapped[int] = mapped_column(BigInteger)

    schema: Mapped[SchemaRow] = relationship(lazy="joined", innerjoin=True)


class ConfigRow(Base):
    """The configuration of a subject, or of all under the empty name."""

    __tablename__ = "subject_config"

    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    members: Mapped[str] = mapped_column(Text)

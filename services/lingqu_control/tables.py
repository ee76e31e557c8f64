"""Control's tables. Times are milliseconds since 1970; documents are as they were signed."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from lingqu.agreements.model import Agreement
from lingqu.agreements.state import StateName

_ID = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """The tables of control's database, beside its outbox."""


class PartnerRow(Base):
    """An organisation, as last applied."""

    __tablename__ = "partners"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    region: Mapped[str] = mapped_column(String(22))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_ms: Mapped[int] = mapped_column(BigInteger)


class AgreementRow(Base):
    """One version of an agreement; earlier versions stay."""

    __tablename__ = "agreements"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    valid_until_ms: Mapped[int] = mapped_column(BigInteger)

    @property
    def agreement(self) -> Agreement:
        return Agreement.model_validate(self.document)

    @property
    def now(self) -> StateName:
        """The state, as one of the names there are."""
        return cast("StateName", self.state)


class SignatureRow(Base):
    """A party's signature of one version, with the key that verifies it."""

    __tablename__ = "signatures"
    __table_args__ = (
        ForeignKeyConstraint(["agreement_id", "version"], ["agreements.id", "agreements.version"]),
    )

    id: Mapped[int] = mapped_column(_ID, primary_key=True)
    agreement_id: Mapped[str] = mapped_column(String(40), index=True)
    version: Mapped[int] = mapped_column(Integer)
    party: Mapped[str] = mapped_column(String(10))
    public_key: Mapped[str] = mapped_column(Text)
    signature: Mapped[dict[str, Any]] = mapped_column(JSON)


class TransitionRow(Base):
    """A move of one version from a state to the next: who, when and why."""

    __tablename__ = "transitions"
    __table_args__ = (
        ForeignKeyConstraint(["agreement_id", "version"], ["agreements.id", "agreements.version"]),
    )

    id: Mapped[int] = mapped_column(_ID, primary_key=True)
    agreement_id: Mapped[str] = mapped_column(String(40), index=True)
    version: Mapped[int] = mapped_column(Integer)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    who: Mapped[str] = mapped_column(String(80))
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)


class FeedRow(Base):
    """The stream an agreement makes: its wrapped dead-letter key, and what was last published.

    One that is stopped is paused too, and its offsets may be altered.
    """

    __tablename__ = "feeds"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    agreement_id: Mapped[str] = mapped_column(String(40), unique=True)
    paused: Mapped[bool]
    stopped: Mapped[bool] = mapped_column(default=False)
    restarts: Mapped[int] = mapped_column(default=0)
    dead_letter_key: Mapped[str] = mapped_column(Text)
    published: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_ms: Mapped[int] = mapped_column(BigInteger)


class OrderRow(Base):
    """What an operator ordered of a feed; `reports` are those of its lanes, as last heard."""

    __tablename__ = "orders"

    feed_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(20), index=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    who: Mapped[str] = mapped_column(String(80))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    reports: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class GrowthRow(Base):
    """One growth of a topic; `barrier` is there once it is over: offsets by old partition."""

    __tablename__ = "growths"

    topic: Mapped[str] = mapped_column(String(255), primary_key=True)
    partitions: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    barrier: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    who: Mapped[str] = mapped_column(String(80))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)


class QualityRow(Base):
    """What one run of one process counted of a series; `counts` are a Score's members."""

    __tablename__ = "quality"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    contract: Mapped[str] = mapped_column(String(255), primary_key=True)
    origin: Mapped[str] = mapped_column(String(255), primary_key=True)
    producer: Mapped[str] = mapped_column(String(255), primary_key=True)
    run: Mapped[str] = mapped_column(String(255), primary_key=True)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)


class AnnouncedRow(Base):
    """The incarnation of the agreement topic that has been told everything (KIP-516)."""

    __tablename__ = "announced"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    topic_id: Mapped[str] = mapped_column(String(64))

"""The tables of compensation: loaded agreements, accounts, messages and declarations."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text

COMPENSATION = MetaData()

# What operators have loaded over REST; it wins over files of the same id.
AGREEMENT = Table(
    "compensation_agreement",
    COMPENSATION,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("loaded_by", Text, nullable=False),
    Column("loaded_at_ms", BigInteger, nullable=False),
)

# The terms each agreement's open accounts were last made by: others mean that all are made anew.
BASIS = Table(
    "compensation_basis",
    COMPENSATION,
    Column("agreement", Text, primary_key=True),
    Column("digest", Text, nullable=False),
)

# `account` is the account as it stands; from closing on it never changes, `terms` are those it was
# closed by, and `today` what the readings of now would make of it once they had changed.
ACCOUNT = Table(
    "compensation_account",
    COMPENSATION,
    Column("agreement", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("clears", Boolean, nullable=False),
    Column("account", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("event_id", Text),
    Column("changed_at_ms", BigInteger, nullable=False),
    Column("closed_at_ms", BigInteger),
    Column("terms", Text),
    Column("today", Text),
    Column("corrects", Boolean, nullable=False),
)
Index("compensation_account_by_period", ACCOUNT.c.period, ACCOUNT.c.agreement)

# The readings that a closed account was made from.
TRACE = Table(
    "compensation_trace",
    COMPENSATION,
    Column("agreement", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("trace", Text, nullable=False),
)

# What either side has said of an account: claims, answers, settlements; ours and the others'.
MESSAGE = Table(
    "compensation_message",
    COMPENSATION,
    Column("event_id", Text, primary_key=True),
    Column("agreement", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("refers_to", Text),
    Column("said_at_ms", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
)
Index("compensation_message_by_account", MESSAGE.c.agreement, MESSAGE.c.period)

# An accident that a person has declared for a period.
ACCIDENT = Table(
    "compensation_accident",
    COMPENSATION,
    Column("agreement", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("declared_by", Text, nullable=False),
    Column("declared_at_ms", BigInteger, nullable=False),
)

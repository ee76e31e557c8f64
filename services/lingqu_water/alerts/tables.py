"""The tables of alerts. Times are milliseconds since 1970; lists are JSON texts."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

ALERT_TABLES = MetaData()

_ID = BigInteger().with_variant(Integer, "sqlite")

# One row an alert, as it is now; `direction` is own or received. An own one that its readings no
# longer bear out stays, withdrawn, since its event may be superseded once more.
ALERT = Table(
    "alert",
    ALERT_TABLES,
    Column("alert_id", Text, primary_key=True),
    Column("direction", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("section_code", Text, nullable=False),
    Column("section_name", Text, nullable=False),
    Column("reporting_region", Text, nullable=False),
    Column("upstream_region", Text),
    Column("downstream_regions", Text, nullable=False),
    Column("basin", Text),
    Column("river", Text),
    Column("item_code", Text, nullable=False),
    Column("item_name", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("judgement", Text, nullable=False),
    Column("suspect", Boolean, nullable=False),
    Column("suspect_reason", Text),
    Column("data_level", Text, nullable=False),
    Column("causes", Text, nullable=False),
    Column("started_at_ms", BigInteger, nullable=False),
    Column("raised_at_ms", BigInteger, nullable=False),
    Column("ended_at_ms", BigInteger),
    Column("value", Double),
    Column("value_at_ms", BigInteger),
    Column("unit", Text, nullable=False),
    Column("target_class", Text),
    Column("limit_low", Double),
    Column("limit_high", Double),
    Column("multiple", Double),
    Column("baseline", Double),
    Column("sample_events", Text, nullable=False),
    Column("reminder", Integer, nullable=False),
    Column("escalation", Integer, nullable=False),
    Column("escalated_to", Text),
    Column("handled_by", Text),
    Column("handled_at_ms", BigInteger),
    Column("handling_note", Text),
    Column("withdrawn", Boolean, nullable=False),
    Column("withdrawal_reason", Text),
    Column("event_id", Text, nullable=False),
    Column("told_at_ms", BigInteger, nullable=False),
    Column("opened_at_ms", BigInteger, nullable=False),
    Column("due_at_ms", BigInteger),
    Column("course", Text),
)
Index("alert_of_section", ALERT.c.section_code, ALERT.c.started_at_ms)
Index("alert_newest", ALERT.c.started_at_ms, ALERT.c.alert_id)
Index("alert_due", ALERT.c.due_at_ms)

# Whom an alert is for: one row a region downstream.
ALERT_REGION = Table(
    "alert_region",
    ALERT_TABLES,
    Column("alert_id", Text, primary_key=True),
    Column("region", Text, primary_key=True),
)
Index("alert_by_region", ALERT_REGION.c.region, ALERT_REGION.c.alert_id)

# All events of an alert, ours and others', in the order they were told or came.
ALERT_EVENT = Table(
    "alert_event",
    ALERT_TABLES,
    Column("id", _ID, primary_key=True),
    Column("event_id", Text, nullable=False, unique=True),
    Column("alert_id", Text, nullable=False, index=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("change", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("suspect", Boolean, nullable=False),
    Column("reminder", Integer, nullable=False),
    sqlite_autoincrement=True,
)

# What our people did. An act belongs to the alert of the item that covers `anchor_ms`, so that it
# stays with it when corrected readings give the alert another start and so another id.
ALERT_ACT = Table(
    "alert_act",
    ALERT_TABLES,
    Column("id", _ID, primary_key=True),
    Column("section_code", Text, nullable=False, index=True),
    Column("item_code", Text, nullable=False),
    Column("anchor_ms", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("note", Text),
    sqlite_autoincrement=True,
)

# Acknowledgements between regions: others' of our alerts, ours of theirs.
ALERT_ACKNOWLEDGEMENT = Table(
    "alert_acknowledgement",
    ALERT_TABLES,
    Column("event_id", Text, primary_key=True),
    Column("alert_id", Text, nullable=False, index=True),
    Column("region", Text, nullable=False),
    Column("refers_to", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", Text),
    Column("note", Text),
)

# How far the readings of a section were looked at: what comes later and is calm changes nothing.
ALERT_HORIZON = Table(
    "alert_horizon",
    ALERT_TABLES,
    Column("section_code", Text, primary_key=True),
    Column("last_ms", BigInteger, nullable=False),
)

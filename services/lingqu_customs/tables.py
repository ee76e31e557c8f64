"""The tables: what was declared, the receipts, and what follows from both."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text

from lingqu.domain_service.statements.tables import statement_columns

TABLES = MetaData()

DECLARATION = Table(
    "declaration",
    TABLES,
    Column("declaration_no", Text, primary_key=True),
    Column("customs_no", Text, index=True),
    Column("consignment_no", Text, index=True),
    Column("direction", Text, nullable=False),
    Column("declare_office", Text, nullable=False),
    Column("entry_exit_office", Text),
    *statement_columns(),
)

AMENDMENT = Table(
    "amendment",
    TABLES,
    Column("declaration_no", Text, primary_key=True),
    Column("amendment_no", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("event_at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("consignment_no", Text, index=True),
    *statement_columns(),
)

TRANSIT = Table(
    "transit",
    TABLES,
    Column("transit_no", Text, primary_key=True),
    Column("leg", Integer, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("due_at", BigInteger),
    Column("mode", Text, nullable=False),
    Column("from_office", Text, nullable=False),
    Column("to_office", Text, nullable=False),
    Column("declaration_no", Text, index=True),
    Column("consignment_no", Text, index=True),
    *statement_columns(),
)
Index("transit_due", TRANSIT.c.step, TRANSIT.c.due_at)

INSPECTION = Table(
    "inspection",
    TABLES,
    Column("inspection_no", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("destination", Text),
    Column("declaration_no", Text, index=True),
    Column("consignment_no", Text, index=True),
    *statement_columns(),
)

AEO = Table(
    "aeo",
    TABLES,
    Column("enterprise_code", Text, primary_key=True),
    Column("valid_from", Integer, primary_key=True),
    Column("customs_code", Text, index=True),
    *statement_columns(),
)

# Every receipt that ever came, whatever it led to. `event_id` is null while no declaration of that
# number is known: it is told once there is one.
RECEIPT = Table(
    "receipt",
    TABLES,
    Column("digest", Text, primary_key=True),
    Column("declaration_no", Text, nullable=False, index=True),
    Column("receipt_id", Text, nullable=False),
    Column("family", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("event_at_ms", BigInteger, nullable=False),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("office", Text),
    Column("origin", Text, nullable=False),
    Column("consignment_no", Text, index=True),
    Column("event_id", Text, index=True),
)

# What the facts known of a declaration leave of it; there from the first of them on.
STANDING = Table(
    "standing",
    TABLES,
    Column("declaration_no", Text, primary_key=True),
    Column("state", Text, nullable=False, index=True),
    Column("guaranteed", Boolean, nullable=False),
    Column("anomaly", Boolean, nullable=False),
)

# One for each fact that did not follow. It is explained when facts that came later make it follow.
WORK_ITEM = Table(
    "work_item",
    TABLES,
    Column("item_id", Text, primary_key=True),
    Column("declaration_no", Text, nullable=False, index=True),
    Column("sentence", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at_ms", BigInteger, nullable=False),
    Column("closed_at_ms", BigInteger),
    Column("note", Text),
)
Index("work_item_open", WORK_ITEM.c.state, WORK_ITEM.c.opened_at_ms, WORK_ITEM.c.item_id)

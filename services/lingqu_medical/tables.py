"""The medical service's tables: what was stated, and what was said of accounts."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

from lingqu.domain_service.statements.tables import statement_columns

TABLES = MetaData()

FILING = Table(
    "filing",
    TABLES,
    Column("insured_region", Text, primary_key=True),
    Column("filing_id", Text, primary_key=True),
    Column("treatment_region", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("effective_until", Integer),
    Column("psn_no", Text),
    *statement_columns(),
)
Index("filing_by_person", FILING.c.psn_no)
Index("filing_by_end", FILING.c.state, FILING.c.effective_until)

SETTLEMENT = Table(
    "settlement",
    TABLES,
    Column("treatment_region", Text, primary_key=True),
    Column("setl_id", Text, primary_key=True),
    Column("insured_region", Text, nullable=False),
    Column("insutype", Text, nullable=False),
    Column("clr_type", Text),
    Column("period", Text, nullable=False),
    Column("original_period", Text),
    Column("setl_time", BigInteger, nullable=False),
    Column("msgid", Text),
    Column("held", Boolean, nullable=False),
    Column("medfee_sumamt_fen", BigInteger, nullable=False),
    Column("fund_pay_sumamt_fen", BigInteger, nullable=False),
    Column("acct_pay_fen", BigInteger, nullable=False),
    *statement_columns(),
)
_PAIR = ("treatment_region", "insured_region")
Index("settlement_by_period", *(SETTLEMENT.c[name] for name in (*_PAIR, "period", "insutype")))
Index("settlement_by_time", *(SETTLEMENT.c[name] for name in (*_PAIR, "setl_time")))
Index("settlement_by_message", SETTLEMENT.c.msgid)

REVERSAL = Table(
    "reversal",
    TABLES,
    Column("treatment_region", Text, primary_key=True),
    Column("reversal_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("insured_region", Text, nullable=False),
    Column("insutype", Text, nullable=False),
    Column("clr_type", Text),
    Column("setl_id", Text),
    Column("period", Text),
    Column("original_period", Text),
    Column("reversed_at", BigInteger, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("medfee_sumamt_fen", BigInteger, nullable=False),
    Column("fund_pay_sumamt_fen", BigInteger, nullable=False),
    Column("acct_pay_fen", BigInteger, nullable=False),
    *statement_columns(),
)
Index("reversal_by_period", *(REVERSAL.c[name] for name in (*_PAIR, "period", "insutype")))
Index("reversal_by_time", *(REVERSAL.c[name] for name in (*_PAIR, "reversed_at")))
Index("reversal_by_settlement", REVERSAL.c.setl_id)
Index("reversal_by_state", REVERSAL.c.kind, REVERSAL.c.state)


def _said() -> list[Column[object]]:
    """Return the columns of what one side said; `document` is its event, instants in ms."""
    return [
        Column("event_id", Text, primary_key=True),
        Column("origin", Text, nullable=False),
        Column("refers_to", Text, index=True),
        Column("occurred_at", BigInteger, nullable=False),
        Column("document", Text, nullable=False),
    ]


# All that was said of clearing statements, ours and the other provinces'.
CLEARING_STEP = Table(
    "clearing_step",
    TABLES,
    *_said(),
    Column("treatment_region", Text, nullable=False),
    Column("insured_region", Text, nullable=False),
    Column("insutype", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
)
_KEY = (*_PAIR, "insutype", "period")
Index("clearing_step_by_key", *(CLEARING_STEP.c[name] for name in _KEY))

# Where each statement stands: made from the steps alone, and made anew at each of them.
CLEARING = Table(
    "clearing",
    TABLES,
    *(Column(name, Text, primary_key=True) for name in _KEY),
    Column("state", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
)

RECONCILIATION = Table(
    "reconciliation",
    TABLES,
    *_said(),
    Column("reconciliation_id", Text, nullable=False),
    Column("part", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("treatment_region", Text, nullable=False),
    Column("insured_region", Text, nullable=False),
)
Index("reconciliation_by_id", RECONCILIATION.c.reconciliation_id, RECONCILIATION.c.part)

REMITTANCE = Table(
    "remittance",
    TABLES,
    *_said(),
    Column("remittance_id", Text, nullable=False, index=True),
    Column("step", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payer_region", Text, nullable=False),
    Column("payee_region", Text, nullable=False),
    Column("insutype", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
)

INQUIRY = Table(
    "inquiry",
    TABLES,
    *_said(),
    Column("inquiry_id", Text, nullable=False, index=True),
    Column("step", Text, nullable=False),
)


def is_live(table: Table) -> ColumnElement[bool]:
    """Return whether an event was told as it happened: what was filled in later alerts nobody.

    Its lane is in the event alone, where no text holds a quotation mark that is not escaped.
    """
    return table.c.document.contains('"mode":"live"')

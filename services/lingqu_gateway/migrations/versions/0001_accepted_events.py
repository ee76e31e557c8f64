"""Accepted events, answers by idempotency key, and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lingqu.outbox.model import create_outbox
from lingqu.service.idempotency import create_idempotency

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_outbox(op.get_bind())
    create_idempotency(op.get_bind())
    op.create_table(
        "accepted_event",
        sa.Column("topic", sa.String(255), primary_key=True),
        sa.Column("event_id", sa.String(36), primary_key=True),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("accepted_at_ms", sa.BigInteger, nullable=False, index=True),
        sqlite_with_rowid=False,
    )

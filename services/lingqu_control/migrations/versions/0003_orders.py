"""Orders beside a feed's stream; feeds that are stopped, and how often each was restarted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("stopped", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("restarts", sa.Integer, nullable=False, server_default="0"),
    ):
        op.add_column("feeds", column)
    op.create_table(
        "orders",
        sa.Column("feed_id", sa.String(40), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(20), nullable=False, index=True),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("ended_ms", sa.BigInteger),
        sa.Column("reports", sa.JSON, nullable=False),
    )

"""Growths of topics: how many partitions each got, and where the old ones ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "growths",
        sa.Column("topic", sa.String(255), primary_key=True),
        sa.Column("partitions", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("barrier", sa.JSON),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("ended_ms", sa.BigInteger),
    )

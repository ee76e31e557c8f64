"""Scorecards of data quality, and how far they were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lingqu.inbox.progress import create_progress

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_progress(op.get_bind())
    op.create_table(
        "quality",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("contract", sa.String(255), primary_key=True),
        sa.Column("origin", sa.String(255), primary_key=True),
        sa.Column("producer", sa.String(255), primary_key=True),
        sa.Column("run", sa.String(255), primary_key=True),
        sa.Column("counts", sa.JSON, nullable=False),
    )

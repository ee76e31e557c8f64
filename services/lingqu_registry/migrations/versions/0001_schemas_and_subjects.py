"""Schemas, their versions in subjects, and configuration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registered_schema",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(32), nullable=False, unique=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("extras", sa.Text, nullable=False),
    )
    op.create_table(
        "subject_version",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column(
            "schema_id",
            sa.Integer,
            sa.ForeignKey("registered_schema.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("registered_at_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "subject_config",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("members", sa.Text, nullable=False),
    )

"""Subjects without the number of the write that last changed them: all writes are counted."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("registry_subject", "revision")

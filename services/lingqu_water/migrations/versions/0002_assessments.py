"""Assessments in all their versions, and the months that were closed."""

from __future__ import annotations

from alembic import op

from lingqu_water.assessments.tables import TABLES

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    TABLES.create_all(op.get_bind())

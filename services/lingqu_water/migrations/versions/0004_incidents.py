"""Incidents with their reports, disputes and consultations, and who has acknowledged what."""

from __future__ import annotations

from alembic import op

from lingqu_water.incidents.tables import DECLARED_TABLES

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    DECLARED_TABLES.create_all(op.get_bind())

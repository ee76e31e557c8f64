"""Alerts, what people did about them, and who has acknowledged them."""

from __future__ import annotations

from alembic import op

from lingqu_water.alerts.tables import ALERT_TABLES

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ALERT_TABLES.create_all(op.get_bind())

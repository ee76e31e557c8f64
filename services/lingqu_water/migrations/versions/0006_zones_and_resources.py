"""Function zones and water resources, as departments declare them."""

from __future__ import annotations

from alembic import op

from lingqu_water.declared.tables import TABLES

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    TABLES.create_all(op.get_bind())

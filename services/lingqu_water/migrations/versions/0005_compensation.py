"""Agreements of compensation, their accounts, and what the parties say of them."""

from __future__ import annotations

from alembic import op

from lingqu_water.compensation.tables import COMPENSATION

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    COMPENSATION.create_all(op.get_bind())

"""What was stated live, where what was filled in afterwards stands."""

from __future__ import annotations

from alembic import op

from lingqu_water.tables import READING_LIVE

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    READING_LIVE.create(op.get_bind(), checkfirst=True)

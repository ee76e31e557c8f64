"""The outbox holds many events a row."""

from __future__ import annotations

from alembic import op

from lingqu.outbox.bundling import bundle_outbox

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bundle_outbox(op.get_bind())

"""Records, measures, repairs, objections, answers by idempotency key, outbox and progress."""

from __future__ import annotations

from alembic import op

from lingqu.inbox.progress import create_progress
from lingqu.outbox.model import create_outbox
from lingqu.service.idempotency import create_idempotency
from lingqu_credit.tables import TABLES

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_outbox(op.get_bind())
    create_idempotency(op.get_bind())
    create_progress(op.get_bind())
    TABLES.create_all(op.get_bind())

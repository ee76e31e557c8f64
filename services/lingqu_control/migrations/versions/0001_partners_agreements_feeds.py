"""Partners, agreements with their signatures and moves, feeds, and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lingqu.outbox.model import create_outbox

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    create_outbox(op.get_bind())
    op.create_table(
        "partners",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("region", sa.String(22), nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "agreements",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(20), nullable=False, index=True),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("valid_until_ms", sa.BigInteger, nullable=False),
    )
    _create_signatures()
    _create_transitions()
    op.create_table(
        "feeds",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("agreement_id", sa.String(40), nullable=False, unique=True),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("dead_letter_key", sa.Text, nullable=False),
        sa.Column("published", sa.LargeBinary),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "announced",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("topic_id", sa.String(64), nullable=False),
    )


def _create_signatures() -> None:
    op.create_table(
        "signatures",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("agreement_id", sa.String(40), nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("party", sa.String(10), nullable=False),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("signature", sa.JSON, nullable=False),
        _of_a_version(),
    )


def _create_transitions() -> None:
    op.create_table(
        "transitions",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("agreement_id", sa.String(40), nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("from_state", sa.String(20)),
        sa.Column("to_state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text),
        _of_a_version(),
    )


def _of_a_version() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["agreement_id", "version"], ["agreements.id", "agreements.version"]
    )

"""Contexts, modes, referrers, counts of a subject's versions, and the count of changes."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from lingqu_registry.endpoints.requests import Reference
from lingqu_registry.identity import digest_of

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NEXT_ID = "SELECT '.', COALESCE(MAX(id), 0) + 1 FROM registered_schema"
SUBJECTS = (
    "SELECT subject, '.', MAX(version), SUM(CASE WHEN deleted THEN 0 ELSE 1 END), COUNT(*), 0"
    " FROM subject_version GROUP BY subject"
)
VERSIONS = "SELECT subject, version, '.', schema_id, deleted, registered_at_ms FROM subject_version"


def upgrade() -> None:
    _create_schemas()
    _create_subjects()
    _create_settings()
    _copy()
    for table in ("subject_version", "registered_schema", "subject_config"):
        op.drop_table(table)


def _create_schemas() -> None:
    op.create_table(
        "registry_context",
        sa.Column("name", NAME, primary_key=True),
        sa.Column("next_id", sa.Integer, nullable=False),
    )
    schema = op.create_table(
        "registry_schema",
        sa.Column("context", NAME, primary_key=True),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("schema_type", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("extras", sa.Text, nullable=False),
    )
    op.create_index("registry_schema_by_digest", schema.name, ["digest"])
    op.create_index("registry_schema_by_context", schema.name, ["context", "digest"])
    op.create_table(
        "registry_reference",
        sa.Column("subject", NAME, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("context", NAME, primary_key=True),
        sa.Column("schema_id", sa.Integer, primary_key=True, autoincrement=False),
    )
    op.create_index("registry_reference_by_schema", "registry_reference", ["context", "schema_id"])


def _create_subjects() -> None:
    op.create_table(
        "registry_subject",
        sa.Column("name", NAME, primary_key=True),
        sa.Column("context", NAME, nullable=False, index=True),
        sa.Column("last_version", sa.Integer, nullable=False),
        sa.Column("live", sa.Integer, nullable=False),
        sa.Column("held", sa.Integer, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "registry_version",
        sa.Column("subject", NAME, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("context", NAME, nullable=False),
        sa.Column("schema_id", sa.Integer, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("registered_at_ms", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["context", "schema_id"], ["registry_schema.context", "registry_schema.id"]
        ),
    )
    op.create_index("registry_version_by_schema", "registry_version", ["context", "schema_id"])


def _create_settings() -> None:
    op.create_table(
        "registry_config",
        sa.Column("scope", NAME, primary_key=True),
        sa.Column("members", sa.Text, nullable=False),
    )
    op.create_table(
        "registry_mode",
        sa.Column("scope", NAME, primary_key=True),
        sa.Column("mode", sa.String(32), nullable=False),
    )
    op.create_table(
        "registry_change",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("writes", sa.BigInteger, nullable=False),
        sa.Column("removals", sa.BigInteger, nullable=False),
    )


def _copy() -> None:
    bind = op.get_bind()
    bind.execute(sa.text(f"INSERT INTO registry_context (name, next_id) {NEXT_ID}"))
    old = bind.execute(sa.text("SELECT id, digest, text, extras FROM registered_schema"))
    for schema_id, digest, text, extras in old.all():
        _copy_schema(schema_id, digest, text, json.loads(extras))
    for table, query in (
        ("registry_subject (name, context, last_version, live, held, revision)", SUBJECTS),
        (
            "registry_version (subject, version, context, schema_id, deleted, registered_at_ms)",
            VERSIONS,
        ),
        ("registry_config (scope, members)", "SELECT subject, members FROM subject_config"),
        ("registry_change (id, writes, removals)", "SELECT 1, 0, 0"),
    ):
        bind.execute(sa.text(f"INSERT INTO {table} {query}"))


def _copy_schema(schema_id: int, digest: str, text: str, extras: dict[str, Any]) -> None:
    """Copy one schema; what is sent beside a text enters its identity in another way now."""
    bind = op.get_bind()
    references = [Reference(**each) for each in extras.get("references", ())]
    if extras:
        digest = digest_of(text, references, extras.get("metadata"), extras.get("ruleSet"))
    bind.execute(
        sa.text(
            "INSERT INTO registry_schema (context, id, digest, schema_type, text, extras)"
            " VALUES ('.', :id, :digest, 'AVRO', :text, :extras)"
        ),
        {"id": schema_id, "digest": digest, "text": text, "extras": json.dumps(extras)},
    )
    for subject, version in {(each.subject, each.version) for each in references}:
        bind.execute(
            sa.text(
                "INSERT INTO registry_reference (subject, version, context, schema_id)"
                " VALUES (:subject, :version, '.', :id)"
            ),
            {"subject": subject, "version": version, "id": schema_id},
        )

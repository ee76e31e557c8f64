"""What an older registry wrote is still there after its tables were brought up to date."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, MetaData, insert
from tests.support.avro_schemas import CODE, USING, V1, V2
from tests.support.registry import Api, calling, running_registry, sent

from lingqu.service.database import make_engine
from lingqu_registry.identity import digest_of

pytestmark = pytest.mark.integration

REFERENCE = {"name": "a.Code", "subject": "code", "version": 1}


def text(schema: Any) -> str:
    return json.dumps(schema, separators=(",", ":"))


def write_as_before(connection: Connection) -> None:
    """Make the tables of revision 0001 and what its registry would have written."""
    with Operations.context(MigrationContext.configure(connection)):
        importlib.import_module(
            "lingqu_registry.migrations.versions.0001_schemas_and_subjects"
        ).upgrade()
    tables = MetaData()
    tables.reflect(connection)
    connection.execute(
        insert(tables.tables["registered_schema"]),
        [
            {"id": 1, "digest": digest_of(text(V1)), "text": text(V1), "extras": "{}"},
            {"id": 2, "digest": digest_of(text(CODE)), "text": text(CODE), "extras": "{}"},
            {
                "id": 3,
                "digest": "0" * 32,
                "text": text(USING),
                "extras": json.dumps({"references": [REFERENCE]}),
            },
        ],
    )
    rows = [("s", 1, 1, True), ("s", 2, 1, False), ("code", 1, 2, False), ("using", 1, 3, False)]
    connection.execute(
        insert(tables.tables["subject_version"]),
        [
            {
                "subject": subject,
                "version": version,
                "schema_id": schema_id,
                "deleted": deleted,
                "registered_at_ms": 1700000000000,
            }
            for subject, version, schema_id, deleted in rows
        ],
    )
    settings = [
        {"subject": "", "members": '{"compatibility": "FULL"}'},
        {"subject": "s", "members": '{"compatibility": "NONE"}'},
    ]
    connection.execute(insert(tables.tables["subject_config"]), settings)
    version = tables.tables["alembic_version_registry"]
    connection.execute(insert(version), [{"version_num": "0001"}])


def test_schemas_versions_and_settings_move_into_the_default_context(
    database_url: str, tmp_path: Path
) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE alembic_version_registry (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
        )
        write_as_before(connection)
    engine.dispose()

    with running_registry(database_url, tmp_path) as address, calling(address) as http:
        Api(http).play(
            [
                ("GET", "/subjects", ["code", "s", "using"]),
                ("GET", "/subjects/s/versions?deleted=true", [1, 2]),
                ("GET", "/subjects/s/versions/2", {"id": 1, "schema": text(V1)}),
                ("POST", "/subjects/s/versions", sent(V1), {"id": 1}),
                ("GET", "/subjects/code/versions/1/referencedby", [3]),
                (
                    "POST",
                    "/subjects/using/versions",
                    sent(USING, references=[REFERENCE]),
                    {"id": 3},
                ),
                ("GET", "/config", {"compatibilityLevel": "FULL"}),
                ("GET", "/config/s", {"compatibilityLevel": "NONE"}),
                ("POST", "/subjects/s/versions", sent(V2), {"id": 4}),
                ("GET", "/subjects/s/versions", [2, 3]),
            ]
        )

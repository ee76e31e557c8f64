"""Alembic migrations run in the service's own process, from wherever its package is installed."""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from lingqu.errors import ConfigurationError
from lingqu.service.database_errors import database_errors

# Alembic's `op` and `context` are module-wide proxies: one migration a process at a time.
_one_migration = threading.Lock()


def migrate(engine: Engine, script_location: str) -> None:
    """Bring the tables of a package's migrations (`lingqu_x.migrations`) to their head.

    Safe when several processes start at once: they wait for each other. Raises
    DatabaseUnavailableError.
    """
    package = script_location.split(".", maxsplit=1)[0]
    service = package.removeprefix("lingqu_")
    script = ScriptDirectory(_folder_of(script_location))
    with _one_migration, database_errors(), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(
                text("SELECT pg_advisory_xact_lock(hashtext(:name))"),
                {"name": f"lingqu.migrate.{service}"},
            )
        _upgrade(connection, script, f"alembic_version_{service}")


def _upgrade(connection: Connection, script: ScriptDirectory, version_table: str) -> None:
    def steps(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", revision)  # noqa: SLF001 - Alembic's own recipe for env.py

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(
            connection=connection, version_table=version_table, transactional_ddl=True
        )
        environment.run_migrations()


def _folder_of(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ConfigurationError(
            f"there is no package {package!r} with migrations; reinstall lingqu"
        )
    return Path(next(iter(found.submodule_search_locations)))

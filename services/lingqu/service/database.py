"""A service's own database: SQLite on one machine, PostgreSQL in a province, the same code."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker

from lingqu.errors import ConfigurationError
from lingqu.service.database_errors import DatabaseUnavailableError, database_errors
from lingqu.service.migrations import migrate
from lingqu.service.sqlite import READ_ONLY, sqlite_engine

__all__ = [
    "DatabaseUnavailableError",
    "database_errors",
    "database_missing",
    "make_engine",
    "migrate",
    "session_factory",
]


def make_engine(url: str) -> Engine:
    """Return an engine whose commits are durable before they return; connects on first use."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return sqlite_engine(parsed)
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={"connect_timeout": 5, "application_name": "lingqu"},
    )


def session_factory(engine: Engine, *, read_only: bool = False) -> sessionmaker[Session]:
    """Return what makes sessions; `with factory.begin() as session` commits or rolls back.

    On SQLite a transaction takes the write lock at its start (BEGIN IMMEDIATE), so that it never
    fails half way for want of it; `read_only` sessions do not wait for writers.
    """
    if read_only:
        engine = engine.execution_options(**{READ_ONLY: True}, postgresql_readonly=True)
    return sessionmaker(engine, expire_on_commit=False)


def database_missing(engine: Engine) -> list[str]:
    """Return for a service's readiness the sentence that says why its database is away."""
    try:
        with database_errors(), session_factory(engine, read_only=True)() as session:
            session.execute(select(1))
    except DatabaseUnavailableError as error:
        return [str(error)]
    return []


def _parse(url: str) -> URL:
    """Return the parsed address; the error does not quote it, since it may hold a password."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except ArgumentError as error:
        raise ConfigurationError(
            "a database URL is not well formed; write postgresql://user@host/name or sqlite:///file"
        ) from error
    if backend not in {"sqlite", "postgresql"}:
        raise ConfigurationError(f"no database of kind {backend!r}; use postgresql or sqlite")
    return parsed

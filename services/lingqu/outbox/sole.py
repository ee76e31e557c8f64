"""One relay a service at a time: the lock that keeps a second one waiting instead of fencing."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from lingqu.service.database_errors import database_errors


@contextmanager
def sole_relay(engine: Engine, service: str) -> Iterator[bool]:
    """Yield whether this process now is the service's only relay; the lock ends with the process.

    It only spares two relays from fencing each other in turn. What makes a second one harmless is
    the fence of the transactional.id.
    """
    if engine.dialect.name == "postgresql":
        with _advisory_lock(engine, f"lingqu.outbox.{service}") as held:
            yield held
    elif engine.url.database in {None, "", ":memory:"}:
        yield True
    else:
        with _file_lock(Path(f"{engine.url.database}.relay")) as held:
            yield held


@contextmanager
def _advisory_lock(engine: Engine, name: str) -> Iterator[bool]:
    with database_errors():
        connection = engine.execution_options(isolation_level="AUTOCOMMIT").connect()
    with connection:
        connection.detach()  # closing it then really ends the session, and the lock with it
        with database_errors():
            statement = text("SELECT pg_try_advisory_lock(hashtext(:name))")
            held = bool(connection.scalar(statement, {"name": name}))
        yield held


@contextmanager
def _file_lock(file: Path) -> Iterator[bool]:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True

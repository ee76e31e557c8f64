"""The short way from a commit to the relay of the same process; others find rows by polling."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Pool, event
from sqlalchemy.orm import Session

_MARK = "lingqu_outbox"

# By pool: an engine with other execution options is another object over the same one.
_waiting: WeakKeyDictionary[Pool, set[threading.Event]] = WeakKeyDictionary()


def mark(session: Session) -> None:
    """Wake the relay of the session's database once its transaction commits."""
    if not session.info.get(_MARK):
        session.info[_MARK] = True
        event.listen(session, "after_commit", _committed)


@contextmanager
def waking(engine: Engine, wake: threading.Event) -> Iterator[None]:
    """Set `wake` whenever a session of the engine's database has committed an append."""
    waiting = _waiting.setdefault(engine.pool, set())
    waiting.add(wake)
    try:
        yield
    finally:
        waiting.discard(wake)


def _committed(session: Session) -> None:
    for wake in tuple(_waiting.get(session.get_bind().engine.pool, ())):
        wake.set()

"""The short way from a commit to the relay of the same process; others find rows by polling."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

_MARK = "lingqu_outbox"


def mark(session: Session) -> None:
    """Remember that the session's transaction appended to the outbox."""
    session.info[_MARK] = True


@contextmanager
def waking(engine: Engine, wake: threading.Event) -> Iterator[None]:
    """Set `wake` whenever a session of the engine's database has committed an append."""

    def committed(session: Session) -> None:
        # An engine with other execution options is another object over the same pool.
        if session.info.get(_MARK) and session.get_bind().engine.pool is engine.pool:
            wake.set()

    event.listen(Session, "after_commit", committed)
    try:
        yield
    finally:
        event.remove(Session, "after_commit", committed)

"""What is done once a transaction has committed."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session

_WAITING = "lingqu_once_committed"


def once_committed(session: Session, action: Callable[[], None]) -> None:
    """Do it when the session's transaction has committed, and never if it rolls back."""
    if _WAITING not in session.info:
        session.info[_WAITING] = []
        event.listen(session, "after_commit", _committed)
        event.listen(session, "after_rollback", _rolled_back)
    session.info[_WAITING].append(action)


def _committed(session: Session) -> None:
    if session.in_nested_transaction():
        return
    waiting, session.info[_WAITING] = session.info[_WAITING], []
    for action in waiting:
        action()


def _rolled_back(session: Session) -> None:
    session.info[_WAITING] = []

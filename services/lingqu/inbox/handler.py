"""What a service does with the events of a topic."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from sqlalchemy.orm import Session


class Received(dict[str, Any]):
    """A decoded event, its instants in milliseconds, with its place on the topic."""

    __slots__ = ("offset", "partition")

    def __init__(self, event: dict[str, Any], partition: int, offset: int) -> None:
        super().__init__(event)
        self.partition = partition
        self.offset = offset


class Handler(Protocol):
    """Makes a topic's events take effect in the service's own database."""

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        """Return those of the events that have taken effect here before: they are left out.

        Asked before the events are decoded, so that a service's own ones cost little when they come
        back to it.
        """
        ...

    def handle(self, session: Session, topic: str, events: Sequence[Received]) -> None:
        """Let the events take effect in the session's transaction; progress is committed with it.

        Called by one thread, in the order of each partition; it may block on the database only.
        What it raises rolls back and is tried again with the same events.
        """
        ...

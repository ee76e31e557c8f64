"""What this hub says of its accounts to the other parties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from lingqu.clock import Clock
from lingqu_water.compensation.event import COMPENSATION_TOPIC


class Publisher(Protocol):
    """Appends a service's own events in the caller's transaction, and returns their ids."""

    def append(
        self, session: Session, topic: str, rows: Sequence[Mapping[str, Any]]
    ) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Announcer:
    """Publishes accounts, claims and answers; each once, with the transaction that makes it."""

    events: Publisher
    clock: Clock

    def now_ms(self) -> int:
        return int(self.clock.now().timestamp() * 1000)

    def say(
        self,
        session: Session,
        content: Mapping[str, Any],
        *,
        version: int,
        state: str = "computed",
        supersedes: str | None = None,
        withdraws: bool = False,
        mode: str = "live",
        **said: Any,
    ) -> str:
        """Publish a content as this hub's statement, and return the event's id."""
        change = "withdrawal" if withdraws else "first" if supersedes is None else "revision"
        envelope = {
            "occurred_at": self.now_ms(),
            "change": change,
            "supersedes": supersedes,
            "mode": mode,
            "state": state,
            "version": version,
        }
        (event_id,) = self.events.append(
            session, COMPENSATION_TOPIC, [{**envelope, **content, **said}]
        )
        return event_id

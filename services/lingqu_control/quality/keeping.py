"""What the hub's processes tell of data quality, kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, delete, tuple_
from sqlalchemy.orm import Session

from lingqu.clock import Clock
from lingqu.inbox.handler import Received
from lingqu.inbox.inbox import Inbox
from lingqu.inbox.json_records import JsonDecoder
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import QUALITY_TOPIC
from lingqu.metrics import Metrics
from lingqu.quality.told import Told
from lingqu_control.tables import QualityRow

_WAIT_S = 0.5
_KEPT = timedelta(days=731)
_KEY = (
    QualityRow.day,
    QualityRow.contract,
    QualityRow.origin,
    QualityRow.producer,
    QualityRow.run,
)


class Keeping:
    """Keeps the newest total of each process's run; told twice, it says the same.

    Several hubs may share a cluster: what another one tells is left out.
    """

    def __init__(self, hub: str) -> None:
        self._hub = hub

    def known(self, _session: Session, _event_ids: Sequence[str]) -> Collection[str]:
        return ()

    def handle(self, session: Session, _topic: str, events: Sequence[Received]) -> None:
        every = [Told.model_validate(each) for each in events]
        newest = {(*each.series, each.run): each for each in every if each.hub == self._hub}
        if not newest:
            return
        session.execute(delete(QualityRow).where(tuple_(*_KEY).in_(list(newest))))
        session.add_all(
            QualityRow(**each.series._asdict(), run=each.run, counts=each.score.members())
            for each in newest.values()
        )


def read_told(value: bytes | None) -> dict[str, Any]:
    """Return a record's members. Raises ValueError for what is none."""
    return Told.model_validate_json(value or b"").model_dump()


def forget(session: Session, today: date) -> None:
    """Delete what is older than two years."""
    oldest = (today - _KEPT).isoformat()
    session.execute(delete(QualityRow).where(QualityRow.day < oldest))


class QualityInbox:
    """Reads what is told as soon as its topic is there; a loop for a thread."""

    def __init__(
        self,
        engine: Engine,
        kafka: KafkaSettings,
        hub: str,
        metrics: Metrics,
        clock: Clock,
        missing: Callable[[], Sequence[str]],
    ) -> None:
        """`missing` is empty once the hub's topics have been made."""
        handlers = {QUALITY_TOPIC: Keeping(hub)}
        decoder = JsonDecoder(read_told)
        self._inbox = Inbox(engine, kafka, hub, "control", handlers, decoder, metrics, clock)
        self._clock = clock
        self._missing = missing

    def run(self, stop: threading.Event) -> None:
        """Wait for the topics, then read until `stop` is set."""
        while self._missing():
            if self._clock.wait(_WAIT_S, stop):
                return
        self._inbox.run(stop)

"""What the gateway forgets in time: answers kept for a retry, and ids kept against repeats."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.contracts.model import Catalogue
from lingqu.metrics import Metrics
from lingqu.service.idempotency import forget_answers
from lingqu_gateway.accepted import forget
from lingqu_gateway.metrics import FORGOTTEN

logger = logging.getLogger(__name__)

_EVERY_S = 3_600.0
_ANSWERS_KEPT = timedelta(days=1)


class Upkeep:
    """A loop in a thread, once an hour.

    An id is kept for as long as its topic keeps the event: a repeat that comes later can no longer
    be compared with anything, and is a new event.
    """

    def __init__(
        self, sessions: sessionmaker[Session], catalogue: Catalogue, clock: Clock, metrics: Metrics
    ) -> None:
        self._sessions = sessions
        self._catalogue = catalogue
        self._clock = clock
        self._metrics = metrics

    def run(self, stop: threading.Event) -> None:
        """Forget what is old, once an hour, until `stop` is set."""
        while not stop.is_set():
            try:
                self.round()
            except Exception:
                logger.exception("upkeep failed, will be tried again in an hour")
            self._clock.wait(_EVERY_S, stop)

    def round(self) -> None:
        """Forget what is old now."""
        now = self._clock.now()
        with self._sessions.begin() as session:
            self._metrics.inc(
                FORGOTTEN, forget_answers(session, now - _ANSWERS_KEPT), what="answer"
            )
        for topic in self._catalogue.topics():
            contract, _ = self._catalogue.by_topic(topic)
            before_ms = int(now.timestamp() * 1000) - contract.retention_ms
            with self._sessions.begin() as session:
                ids = forget(session, topic, before_ms)
            self._metrics.inc(FORGOTTEN, ids, what="event_id")

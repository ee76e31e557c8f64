"""What a service does by the clock: forget what is old, and whatever timetables ask."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.domain_service.imports.uploads import KEPT, Uploads
from lingqu.domain_service.metrics import FORGOTTEN, UPKEEP_FAILURES
from lingqu.metrics import Metrics
from lingqu.service.idempotency import forget_answers

logger = logging.getLogger(__name__)

_TICK_S = 1.0
_ANSWERS_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something done every so often; it may fail, and is then done again at its next turn."""

    name: str
    every_s: float
    do: Callable[[], None]


class Upkeep:
    """A loop in a thread; chores follow each other, so each should be done within seconds."""

    def __init__(self, chores: Sequence[Chore], clock: Clock, metrics: Metrics) -> None:
        self._chores = tuple(chores)
        self._clock = clock
        self._metrics = metrics
        self._due = dict.fromkeys((chore.name for chore in chores), float("-inf"))

    def run(self, stop: threading.Event) -> None:
        """Do each chore when it is due, until `stop` is set."""
        while not stop.is_set():
            self.round(stop)
            self._clock.wait(_TICK_S, stop)

    def round(self, stop: threading.Event | None = None) -> None:
        """Do what is due now, and begin nothing more once `stop` is set."""
        for chore in self._chores:
            if stop is not None and stop.is_set():
                return
            now = self._clock.monotonic()
            if now < self._due[chore.name]:
                continue
            self._due[chore.name] = now + chore.every_s
            try:
                chore.do()
            except Exception:
                self._metrics.inc(UPKEEP_FAILURES, chore=chore.name)
                logger.exception("chore failed, will be tried again", extra={"chore": chore.name})


def forgetting(
    sessions: sessionmaker[Session], uploads: Uploads, clock: Clock, metrics: Metrics
) -> Chore:
    """Return the chore that forgets answers and imports after a day."""

    def forget() -> None:
        now = clock.now()
        with sessions.begin() as session:
            answers = forget_answers(session, now - _ANSWERS_KEPT)
        metrics.inc(FORGOTTEN, answers, what="answer")
        metrics.inc(FORGOTTEN, uploads.forget(now - KEPT), what="import")

    return Chore("forget", 3_600.0, forget)

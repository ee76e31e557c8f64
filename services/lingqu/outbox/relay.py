"""The relay: from a service's outbox to Kafka, each event exactly once."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from lingqu.clock import Clock, SystemClock
from lingqu.errors import LingquError, UnavailableError
from lingqu.kafka.knock import knock
from lingqu.kafka.progress import Progress, progress_key
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.transaction import TransactionalLane
from lingqu.metrics import Metrics
from lingqu.outbox.metrics import (
    ACTIVE,
    FAILURES,
    METRICS,
    OLDEST_SECONDS,
    PENDING,
    PUBLISHED,
    TRANSACTION_SECONDS,
)
from lingqu.outbox.rows import MAX_EVENTS, Bundle, Rows, digest
from lingqu.outbox.sole import sole_relay
from lingqu.outbox.waiting import Waiting
from lingqu.outbox.wake import waking
from lingqu.service.trouble import Trouble

logger = logging.getLogger(__name__)

_POLL_S = 0.2
_STANDBY_S = 1.0
_LONGEST_REST_S = 0.03
_COUNT_EVERY_S = 5.0
_STOP_S = 3.0  # within what the process has to drain


class _Published(NamedTuple):
    """A batch whose rows are still there: their ids, and how many events they held."""

    ids: Sequence[int] = ()
    events: int = 0


class Relay:
    """Publishes a service's outbox exactly once for `read_committed` readers, in order per key.

    One Kafka transaction holds a batch of events and the progress record with the ids of their
    rows; only after its commit are the rows deleted, and only then does the next begin. So at most
    one transaction can be committed with its rows still there: at its start a relay fences every
    other, reads the last record, and deletes the rows it names. Whatever fails, it starts again
    from there.

    A transaction costs the broker and all who read after it more than the few events it holds: so
    the relay rests as long as one took, up to 30 ms, and what comes meanwhile goes together.
    """

    def __init__(
        self,
        engine: Engine,
        kafka: KafkaSettings,
        region: str,
        service: str,
        metrics: Metrics,
        clock: Clock | None = None,
    ) -> None:
        self._engine = engine
        self._rows = Rows(engine)
        self._kafka = kafka
        self._service = service
        self._metrics = metrics
        metrics.declare(METRICS)
        self._clock = clock or SystemClock()
        self._lane_id = f"lingqu.{region}.outbox-{service}.0"
        self._key = progress_key(region, f"outbox-{service}", "outbox", 0)
        self._wake = threading.Event()
        self._generation = ""
        self._counted_at = float("-inf")
        self._waiting = Waiting()
        metrics.watch(OLDEST_SECONDS, self._oldest_s, service=service)
        metrics.set(ACTIVE, 0, service=service)
        self._trouble = Trouble(logger, "it has not reached Kafka yet", service=service)

    def missing(self) -> list[str]:
        """Return in a sentence what keeps the relay from publishing; for a service's readiness."""
        trouble = self._trouble.why
        return [f"the outbox of {self._service!r} is not published: {trouble}"] if trouble else []

    def run(self, stop: threading.Event) -> None:
        """Publish until `stop` is set; what goes wrong is told, and tried again after a pause."""
        with waking(self._engine, self._wake):
            while not stop.is_set():
                try:
                    self._run_if_sole(stop)
                except Exception as error:  # noqa: BLE001 - the edge of the loop: told and counted
                    self._metrics.inc(FAILURES, service=self._service, kind=type(error).__name__)
                    self._trouble.met(error, "outbox relay stopped, will start again")
                    self._look_in_trouble()
                    self._clock.wait(self._trouble.pause_s(), stop)

    def _run_if_sole(self, stop: threading.Event) -> None:
        with sole_relay(self._engine, self._service) as sole:
            if sole:
                self._run_alone(stop)
            else:
                self._trouble.over()
                self._saw_none()
                self._clock.wait(_STANDBY_S, stop)

    def _run_alone(self, stop: threading.Event) -> None:
        self._knock()
        lane = self._lane()
        try:
            self._recover(lane.open(self._key))
            self._metrics.set(ACTIVE, 1, service=self._service)
            published = _Published()
            while not stop.is_set():
                self._wake.clear()
                started = self._clock.monotonic()
                published = self._publish_batch(lane, published)
                self._trouble.over("outbox relay publishes")
                if not published.events:
                    self._clock.wait(_POLL_S, self._wake)
                elif published.events < MAX_EVENTS:
                    self._clock.wait(min(_LONGEST_REST_S, self._clock.monotonic() - started), stop)
            self._rows.forget(published.ids)
        finally:
            self._metrics.set(ACTIVE, 0, service=self._service)
            lane.close()

    def _knock(self) -> None:
        """Fail at once where no broker listens: fencing would wait, and a service end slowly."""
        try:
            knock(self._kafka.bootstrap_servers)
        except OSError as error:
            raise UnavailableError(
                f"no broker listens at {self._kafka.bootstrap_servers}; is Kafka up?"
            ) from error

    def _lane(self) -> TransactionalLane:
        return TransactionalLane(self._kafka, self._lane_id)

    def _recover(self, value: bytes | None) -> None:
        """Delete the rows of the last committed transaction, should they still be there.

        A generation or digest that differs names rows of a database that is gone, or that was put
        back to an earlier day; rows of this one that share an id were never published.
        """
        self._generation = self._rows.generation()
        last = Progress.decode(value) if value else None
        if last is None or not last.ids or last.generation != self._generation:
            return
        if self._rows.digest_of(last.ids) == last.leaf:
            self._rows.forget(last.ids)

    def _publish_batch(self, lane: TransactionalLane, published: _Published) -> _Published:
        """Delete the rows of the last batch, publish the next one and return what it was."""
        started = self._clock.monotonic()
        bundles = self._rows.batch(published.ids)
        if bundles:
            self._waiting.saw(started, bundles[0].id, bundles[-1].id)
            self._commit(lane, bundles)
            self._count(bundles, self._clock.monotonic() - started)
            self._look_now_and_then(bundles[-1].id)
        else:
            self._saw_none()
        return _Published([each.id for each in bundles], sum(each.events for each in bundles))

    def _commit(self, lane: TransactionalLane, bundles: Sequence[Bundle]) -> None:
        lane.begin()
        for bundle in bundles:
            for key, payload in bundle.records():
                lane.produce(bundle.topic, payload, key)
        progress = Progress(
            topic_id="",
            next_offset=bundles[-1].id + 1,
            leaf=digest([(each.id, each.digest) for each in bundles]),
            generation=self._generation,
            ids=tuple(each.id for each in bundles),
        )
        lane.commit(self._key, progress.encode())

    def _count(self, bundles: Sequence[Bundle], seconds: float) -> None:
        events: Counter[str] = Counter()
        for bundle in bundles:
            events[bundle.topic] += bundle.events
        for topic, count in events.items():
            self._metrics.inc(PUBLISHED, count, service=self._service, topic=topic)
        self._metrics.observe(TRANSACTION_SECONDS, seconds, service=self._service)

    def _look_now_and_then(self, published: int) -> None:
        """Look at the rows behind the last published one; seldom, since all are counted."""
        if self._clock.monotonic() - self._counted_at >= _COUNT_EVERY_S:
            self._look(published)

    def _look_in_trouble(self) -> None:
        """Look at what waits while nothing is published, as far as the database lets it."""
        with suppress(LingquError, SQLAlchemyError):
            self._look(0)

    def _look(self, after: int) -> None:
        self._counted_at = self._clock.monotonic()
        pending = self._rows.pending(after)
        if not pending.events:
            self._saw_none()
            return
        self._waiting.saw(self._counted_at, pending.first_id, pending.last_id)
        self._metrics.set(PENDING, pending.events, service=self._service)

    def _saw_none(self) -> None:
        self._waiting.saw_none()
        self._metrics.set(PENDING, 0, service=self._service)

    def _oldest_s(self) -> float:
        return self._waiting.seconds(self._clock.monotonic())

"""The inbox: a service's loop from topics into its own database."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lingqu.clock import Clock, SystemClock
from lingqu.errors import Reason
from lingqu.inbox.decoding import Raw, RecordDecoder
from lingqu.inbox.handler import Handler
from lingqu.inbox.metrics import BEHIND, EVENTS, FAILURES, METRICS
from lingqu.inbox.progress import Consumed, advance, progress_of
from lingqu.inbox.reader import InboxReader, Part
from lingqu.kafka.settings import KafkaSettings
from lingqu.metrics import Metrics
from lingqu.service.database import database_errors, session_factory
from lingqu.service.trouble import Trouble

logger = logging.getLogger(__name__)

_MEASURE_EVERY_S = 5.0


class Inbox:
    """Lets each committed event of its topics take effect exactly once, in order per partition.

    Effect and progress are one transaction of the service's database, and the progress is moved on
    by compare-and-set: a second process can lose time, never double an effect. A record that cannot
    be decoded is counted, logged by its place, and left out.
    """

    def __init__(
        self,
        engine: Engine,
        kafka: KafkaSettings,
        region: str,
        service: str,
        handlers: Mapping[str, Handler],
        decoder: RecordDecoder,
        metrics: Metrics,
        clock: Clock | None = None,
    ) -> None:
        self._sessions = session_factory(engine)
        self._kafka = kafka
        self._service = service
        self._group = f"lingqu.{region}.inbox-{service}"
        self._handlers = dict(handlers)
        self._decoder = decoder
        self._metrics = metrics
        metrics.declare(METRICS)
        self._clock = clock or SystemClock()
        self._trouble = Trouble(logger, "it has not reached Kafka yet", service=service)
        self._measured_at = 0.0

    def missing(self) -> list[str]:
        """Return in a sentence what keeps the inbox from reading; for a service's readiness."""
        trouble = self._trouble.why
        return [f"the inbox of {self._service!r} does not read: {trouble}"] if trouble else []

    def run(self, stop: threading.Event) -> None:
        """Consume until `stop` is set; what goes wrong is told, and tried again after a pause."""
        while not stop.is_set():
            try:
                self._consume(stop)
            except Exception as error:  # noqa: BLE001 - the edge of the loop: told and counted
                self._metrics.inc(FAILURES, service=self._service, kind=type(error).__name__)
                self._trouble.met(error, "inbox stopped, will start again")
                self._clock.wait(self._trouble.pause_s(), stop)

    def _consume(self, stop: threading.Event) -> None:
        with database_errors(), self._sessions.begin() as session:
            progress = {topic: progress_of(session, topic) for topic in self._handlers}
        with InboxReader(self._kafka, self._group, self._service) as reader:
            places = reader.open(self._handlers, progress)
            stored = {
                (topic, part): place
                for topic, of_topic in progress.items()
                for part, place in of_topic.items()
            }
            while not stop.is_set():
                for topic, records in reader.read().items():
                    self._take(topic, records, places, stored)
                self._trouble.over("inbox reads")
                self._measure(reader, places)

    def _take(
        self,
        topic: str,
        records: Sequence[Raw],
        places: dict[Part, Consumed],
        stored: dict[Part, Consumed],
    ) -> None:
        """Let the records of one topic take effect, together with the new progress."""
        ends = {record.partition: record.offset + 1 for record in records}
        after = {
            (topic, part): Consumed(places[topic, part].topic_id, end) for part, end in ends.items()
        }
        with database_errors(), self._sessions.begin() as session:
            counted = self._effect(session, topic, records)
            for place, consumed in after.items():
                advance(session, *place, stored.get(place), consumed)
        places.update(after)
        stored.update(after)
        for outcome, count in counted.items():
            labels = {"service": self._service, "topic": topic, "outcome": outcome}
            self._metrics.inc(EVENTS, count, **labels)

    def _effect(self, session: Session, topic: str, records: Sequence[Raw]) -> dict[str, int]:
        handler = self._handlers[topic]
        good, broken = self._decoder.decode(topic, records)
        for record, reason in broken:
            self._leave_out(topic, record, reason)
        event_ids = [one for columns in good for one in columns.event_ids]
        known = handler.known(session, event_ids) if event_ids else ()
        fresh = [event for columns in good for event in columns.received(known)]
        if fresh:
            fresh.sort(key=lambda event: (event.partition, event.offset))
            handler.handle(session, topic, fresh)
        return {
            "handled": len(fresh),
            "known": len(event_ids) - len(fresh),
            "undecodable": len(broken),
        }

    def _leave_out(self, topic: str, record: Raw, reason: Reason) -> None:
        logger.error(
            "event left out: it cannot be decoded",
            extra={
                "topic": topic,
                "partition": record.partition,
                "offset": record.offset,
                "code": reason.code,
            },
        )

    def _measure(self, reader: InboxReader, places: Mapping[Part, Consumed]) -> None:
        if time.monotonic() - self._measured_at < _MEASURE_EVERY_S:
            return
        self._measured_at = time.monotonic()
        for topic, behind in reader.behind(places).items():
            self._metrics.set(BEHIND, behind, service=self._service, topic=topic)

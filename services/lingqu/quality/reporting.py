"""A process's scores on their way to control."""

from __future__ import annotations

import logging
import threading
import uuid

from lingqu.clock import Clock, SystemClock
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import QUALITY_TOPIC, Topics
from lingqu.quality.tally import Tally
from lingqu.quality.told import Told
from lingqu.service.trouble import Trouble

logger = logging.getLogger(__name__)

_EVERY_S = 10.0
_TIMEOUT_S = 3.0  # within what the process has to drain


class Reporting:
    """Tells control, on `lingqu.quality.v1`, what this process has counted: every ten seconds.

    Each record is the running total of one series and day, under a name of this process's run: told
    again it says the same, and what is lost on the way the next one makes good. What cannot be told
    while Kafka is away is told later, at the latest when the process ends. A process that is killed
    loses what it has counted since it last told; of the events themselves nothing is lost.
    """

    def __init__(
        self, tally: Tally, kafka: KafkaSettings, hub: str, clock: Clock | None = None
    ) -> None:
        self._tally = tally
        self._kafka = kafka
        self._hub = hub
        self._run = str(uuid.uuid4())
        self._clock = clock or SystemClock()
        self._producer: BulkProducer | None = None
        self._trouble = Trouble(logger, "nothing was told yet")

    def run(self, stop: threading.Event) -> None:
        """Tell what has changed until `stop` is set, and then the rest."""
        while not self._clock.wait(_EVERY_S, stop):
            self._attempt()
        self._attempt()
        if self._producer is not None:
            self._producer.close()

    def tell(self) -> None:
        """Tell what has changed. Raises LingquError; what was not told is told the next time."""
        changed = self._tally.changed()
        if not changed:
            return
        producer = self._connected()
        for series, score in changed.items():
            told = Told.of(self._hub, self._run, series, score)
            producer.produce(QUALITY_TOPIC, told.model_dump_json().encode(), told.key)
        producer.flush(_TIMEOUT_S)
        self._tally.told(changed)

    def _attempt(self) -> None:
        try:
            self.tell()
        except Exception as error:  # noqa: BLE001 - the edge of the loop: told, and kept for later
            self._trouble.met(error, "control cannot be told of data quality, will try again")
        else:
            self._trouble.over()

    def _connected(self) -> BulkProducer:
        """Return the producer, once the topic is there: librdkafka would wait for it in silence."""
        if self._producer is None:
            with Topics(self._kafka, timeout_s=_TIMEOUT_S) as topics:
                topics.topic_id(QUALITY_TOPIC)
            self._producer = BulkProducer(self._kafka)
        return self._producer

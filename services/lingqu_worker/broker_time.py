"""The broker's clock, read from a record that the broker itself dates."""

from __future__ import annotations

import logging
from functools import partial

from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, KafkaException, Message, Producer

from lingqu.kafka.topics import PROGRESS_TOPIC
from lingqu_worker.clock_skew import ALARM_S
from lingqu_worker.resources import Resources

logger = logging.getLogger(__name__)

_EVERY_S = 30.0

# A machine that was asleep has another time between its clocks, and nothing wrong with either.
_IN_DOUBT_EVERY_S = 2.0


class BrokerTime:
    """Writes a record to `lingqu.progress.v1` each 30 s and hears when the broker took it.

    While the clocks seem to differ it does so each 2 s. Kafka tells its clock in no
    other way (`message.timestamp.type=LogAppendTime`). The record says nothing; compaction keeps
    one for the hub.
    """

    def __init__(self, resources: Resources) -> None:
        self._producer = Producer({**resources.kafka.for_librdkafka(), "linger.ms": 0})
        self._key = f"clock|{resources.region}".encode()
        self._skew = resources.skew
        self._clock = resources.clock
        self._asked_s: float | None = None
        self._dates = True

    def look(self) -> None:
        """Hear what the broker has answered, and ask it again when it is time; never waits."""
        try:
            self._producer.poll(0)
            now_s = self._clock.monotonic()
            in_doubt = abs(self._skew.apart_s()) > ALARM_S
            every_s = _IN_DOUBT_EVERY_S if in_doubt else _EVERY_S
            if self._asked_s is None or now_s - self._asked_s >= every_s:
                self._asked_s = now_s
                heard = partial(self._heard, now_s)
                self._producer.produce(PROGRESS_TOPIC, b"{}", self._key, on_delivery=heard)
        except (KafkaException, BufferError) as error:
            logger.warning("broker's clock cannot be asked", extra={"why": str(error)})

    def close(self) -> None:
        self._producer.purge()
        self._producer.flush(1)

    def _heard(self, asked_s: float, error: object, message: Message) -> None:
        if error is not None:
            return
        kind, broker_ms = message.timestamp()
        if kind == TIMESTAMP_LOG_APPEND_TIME:
            self._skew.hear(broker_ms / 1000, asked_s, self._clock.monotonic())
        elif self._dates:
            self._dates = False
            logger.warning(
                "clock not compared with the broker's",
                extra={"why": f"set message.timestamp.type=LogAppendTime on {PROGRESS_TOPIC}"},
            )

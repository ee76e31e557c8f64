"""A compacted topic as a local map that knows how fresh it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from lingqu.clock import Clock, SystemClock
from lingqu.kafka.knock import knock
from lingqu.kafka.settings import KafkaSettings

logger = logging.getLogger(__name__)

FRESH_FOR_S = 8.0


class CompactedTable:
    """Reads a topic from its beginning and keeps the last value of each key.

    Fresh while its reader has been at the end of the topic within the last 8 s of the monotonic
    clock; a reader that is cut off goes stale, so that whoever asks can fail closed. One thread,
    started by `start`, ended by `stop`; `changed` is called on it after values have changed.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        topic: str,
        *,
        clock: Clock | None = None,
        changed: Callable[[], None] | None = None,
    ) -> None:
        self._settings = settings
        self._topic = topic
        self._clock = clock or SystemClock()
        self._changed = changed or (lambda: None)
        self._values: dict[str, bytes] = {}
        self._at_end_at: float | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._loaded = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"table-{topic}", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End the reading thread; the values stay as they are and go stale."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def snapshot(self) -> Mapping[str, bytes]:
        """Return all keys and their last values."""
        with self._lock:
            return dict(self._values)

    def get(self, key: str) -> bytes | None:
        """Return the last value of one key."""
        return self._values.get(key)

    def fresh(self) -> bool:
        """Say whether the reader was at the end of the topic within the last 8 s."""
        at_end_at = self._at_end_at
        return at_end_at is not None and self._clock.monotonic() - at_end_at <= FRESH_FOR_S

    def wait_loaded(self, timeout_s: float) -> bool:
        """Wait until the whole topic has been read once."""
        return self._loaded.wait(timeout_s)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._read()
            except (KafkaError, OSError) as error:
                logger.warning(
                    "table reader lost its broker",
                    extra={"topic": self._topic, "error": type(error).__name__},
                )
                self._clock.wait(1.0, self._stop)

    def _read(self) -> None:
        knock(self._settings.bootstrap_servers)
        reader = KafkaConsumer(
            **self._settings.for_kafka_python(),
            client_id="lingqu-table",
            enable_auto_commit=False,
            isolation_level="read_committed",
            request_timeout_ms=5_000,
            reconnect_backoff_max_ms=1_000,
            bootstrap_timeout_ms=5_000,
        )
        try:
            partitions = self._partitions(reader)
            reader.assign(partitions)
            reader.seek_to_beginning(*partitions)
            while not self._stop.is_set():
                self._step(reader, partitions)
        finally:
            reader.close()

    def _partitions(self, reader: KafkaConsumer) -> list[TopicPartition]:
        numbers = reader.partitions_for_topic(self._topic)
        if not numbers:
            raise KafkaError(f"topic {self._topic!r} is not there yet")
        return [TopicPartition(self._topic, number) for number in sorted(numbers)]

    def _step(self, reader: KafkaConsumer, partitions: list[TopicPartition]) -> None:
        """Ask for the end first: what is at that end by then was all there was to know."""
        asked_at = self._clock.monotonic()
        ends = reader.end_offsets(partitions)
        self._take(reader.poll(timeout_ms=500))
        while any(reader.position(part) < ends[part] for part in partitions):
            if self._stop.is_set() or self._clock.monotonic() - asked_at > FRESH_FOR_S:
                return
            self._take(reader.poll(timeout_ms=500))
        self._at_end_at = asked_at
        self._loaded.set()

    def _take(self, polled: Mapping[TopicPartition, list[object]]) -> None:
        records = [record for batch in polled.values() for record in batch]
        if not records:
            return
        with self._lock:
            for record in records:
                self._put(record)
        self._changed()

    def _put(self, record: Any) -> None:
        try:
            key, value = record.key.decode(), record.value
        except UnicodeDecodeError:
            place = {"topic": self._topic, "offset": record.offset}
            logger.error("record left out: its key is no text", extra=place)  # noqa: TRY400
            return
        if value is None:
            self._values.pop(key, None)
        else:
            self._values[key] = value

"""Delivery without transactions, for targets or agreements that do not want them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lingqu.connect.api import ProgressRecord
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.progress import PROGRESS_TOPIC
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.transaction import read_progress
from lingqu_connectors.kafka.records import Records


class AtLeastOnce:
    """Records first, and when all are acknowledged their progress; a crash between repeats them."""

    def __init__(self, settings: KafkaSettings, key: bytes, *, batch_bytes: int) -> None:
        self._settings = settings
        self._batch_bytes = batch_bytes
        self._key = key
        self._producer: BulkProducer | None = None

    def open(self) -> bytes | None:
        """Return the last progress; nobody is fenced."""
        return read_progress(self._settings, self._key)

    def remembered(self, key: bytes) -> bytes | None:
        """Return another record of the progress topic."""
        return read_progress(self._settings, key)

    def remember(self, record: ProgressRecord) -> None:
        """Write a record of the progress topic and wait until it is acknowledged."""
        with self._producing() as producer:
            producer.produce(PROGRESS_TOPIC, record.value, record.key)

    def deliver(
        self, records: Records, progress: ProgressRecord, last_look: Callable[[], None]
    ) -> None:
        """Write the records, wait for all of them, then write their progress.

        The gate is asked before each part that is written: waiting for one may take a while.
        """
        last_look()
        with self._producing() as producer:

            def settle() -> None:
                producer.flush()
                last_look()

            records.write(producer.raw.produce, producer.produce, settle)
        self.remember(progress)

    def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close()

    @contextmanager
    def _producing(self) -> Iterator[BulkProducer]:
        """Lend the producer until all it was given is acknowledged; after trouble, a new one."""
        if self._producer is None:
            self._producer = BulkProducer(self._settings, **{"batch.size": self._batch_bytes})
        producer = self._producer
        try:
            yield producer
            producer.flush()
        except BaseException:
            self.close()
            raise

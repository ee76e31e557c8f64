"""Delivery in transactions on the partner's cluster."""

from __future__ import annotations

from collections.abc import Callable

from lingqu.connect.api import ProgressRecord
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.transaction import TransactionalLane, read_progress
from lingqu_connectors.kafka.records import Records


class ExactlyOnce:
    """Records and progress in one transaction; `read_committed` readers see it whole or not."""

    def __init__(
        self, settings: KafkaSettings, transactional_id: str, key: bytes, *, batch_bytes: int
    ) -> None:
        self._settings = settings
        self._key = key
        self._lane = TransactionalLane(settings, transactional_id, batch_bytes=batch_bytes)

    def open(self) -> bytes | None:
        """Fence every earlier owner, then return the last committed progress."""
        return self._lane.open(self._key)

    def remembered(self, key: bytes) -> bytes | None:
        """Return another record of the progress topic; only after `open`."""
        return read_progress(self._settings, key)

    def remember(self, record: ProgressRecord) -> None:
        """Commit a record that goes with no events."""
        self._lane.begin()
        self._lane.commit(record.key, record.value)

    def deliver(
        self, records: Records, progress: ProgressRecord, last_look: Callable[[], None]
    ) -> None:
        """Commit the records with their progress; after an error the lane must be closed."""
        self._lane.begin()
        records.write(self._lane.raw.produce, self._lane.produce, self._lane.flush)
        last_look()
        self._lane.commit(progress.key, progress.value)

    def close(self) -> None:
        """Abort what is open; readers never see any of it."""
        self._lane.close()

"""Delivery in transactions on the partner's cluster."""

from __future__ import annotations

from collections.abc import Callable

from lingqu.connect.api import ProgressRecord
from lingqu.errors import FencedError
from lingqu.kafka.progress import Progress
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.transaction import TransactionalLane, read_progress
from lingqu_connectors.kafka.records import Records


class ExactlyOnce:
    """Records and their progress in one transaction; seen by `read_committed` readers only whole.

    After any failure the lane is let go and opened anew at the next delivery: the progress found
    then says whether a commit that was never answered took effect.
    """

    def __init__(self, settings: KafkaSettings, transactional_id: str, key: bytes) -> None:
        self._settings = settings
        self._transactional_id = transactional_id
        self._key = key
        self._lane: TransactionalLane | None = None
        self._committed: bytes | None = None
        self._fenced = False

    def open(self) -> bytes | None:
        """Fence every earlier owner, then return the last committed progress."""
        self._committed = self._open()
        return self._committed

    def remembered(self, key: bytes) -> bytes | None:
        """Return another record of the progress topic; only after `open`."""
        return read_progress(self._settings, key)

    def remember(self, record: ProgressRecord) -> None:
        """Commit a record that goes with no events."""
        self._transaction(lambda _lane: None, record)

    def deliver(
        self, records: Records, progress: ProgressRecord, last_look: Callable[[], None]
    ) -> None:
        """Commit the records with their progress, unless that has already been done."""
        if self._is_done(progress):
            return

        def write(lane: TransactionalLane) -> None:
            records.write(lane.raw.produce, lane.produce)
            last_look()

        self._transaction(write, progress)
        self._committed = progress.value

    def close(self) -> None:
        lane, self._lane = self._lane, None
        if lane is not None:
            lane.close()

    def _is_done(self, progress: ProgressRecord) -> bool:
        if self._fenced:
            raise self._gave_up()
        if self._lane is None:
            self._find_out(progress)
        return self._committed == progress.value

    def _find_out(self, progress: ProgressRecord) -> None:
        """Open the lane anew; only this batch may have moved its progress meanwhile."""
        found = self._open()
        if found == self._committed:
            return
        if found is None or _reached(found) != _reached(progress.value):
            self._fenced = True
            self.close()
            raise self._gave_up()
        self._committed = progress.value

    def _open(self) -> bytes | None:
        lane = TransactionalLane(self._settings, self._transactional_id)
        self._lane = lane
        try:
            return lane.open(self._key)
        except BaseException:
            self.close()
            raise

    def _transaction(
        self, write: Callable[[TransactionalLane], None], record: ProgressRecord
    ) -> None:
        assert self._lane is not None, "open comes first"  # noqa: S101 - a programming error
        try:
            self._lane.begin()
            write(self._lane)
            self._lane.commit(record.key, record.value)
        except BaseException as error:
            self._fenced = isinstance(error, FencedError)
            self.close()
            raise

    def _gave_up(self) -> FencedError:
        return FencedError(f"{self._transactional_id!r} belongs to a newer owner; give the lane up")


def _reached(value: bytes) -> int:
    return Progress.decode(value).next_offset

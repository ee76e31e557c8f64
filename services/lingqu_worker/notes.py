"""What a source wants remembered: lines on `lingqu.progress.v1`, beside its lane's progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lingqu.kafka.compacted import latest_values
from lingqu.kafka.progress import PROGRESS_TOPIC, progress_partition
from lingqu.kafka.settings import KafkaSettings


class Notes:
    """The notes of one lane, all in the partition of its progress; a record a note."""

    def __init__(self, lane_key: bytes) -> None:
        self._prefix = lane_key + b"|note|"
        self.partition = progress_partition(lane_key)

    def read(self, kafka: KafkaSettings) -> dict[str, str]:
        """Return the notes as committed by now, by name."""
        found = latest_values(kafka, PROGRESS_TOPIC, self.partition, self._is_mine)
        start = len(self._prefix)
        return {name[start:].decode(): value.decode() for name, value in found.items()}

    def records(self, notes: Mapping[str, str | None]) -> Iterator[tuple[bytes, bytes | None]]:
        """Yield what keeps each note, or removes it."""
        for name, note in notes.items():
            yield self._prefix + name.encode(), None if note is None else note.encode()

    def _is_mine(self, key: bytes) -> bool:
        return key.startswith(self._prefix)

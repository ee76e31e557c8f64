"""Marks: which number a lane had come to at which offset, so that what was sent is found again."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from lingqu.agreements.state import AgreementState
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.compacted import latest_values
from lingqu.kafka.progress import PROGRESS_TOPIC, Progress, progress_partition
from lingqu.kafka.settings import KafkaSettings

_EVERY = 50_000


@dataclass(frozen=True, slots=True)
class Mark:
    """The event at `offset` or behind it got no number below `sequence`, and all before it did.

    From there on events were numbered under `terms`, until a mark of a later epoch. A topic made
    anew has another id, and none of the marks of the one before (KIP-516).
    """

    offset: int
    sequence: int
    epoch: int
    terms: str
    topic_id: str = ""

    @property
    def state(self) -> AgreementState:
        return AgreementState.decode(self.terms.encode())


class Marks:
    """Notes marks on the hub's own `lingqu.progress.v1`: one an epoch, and one each 50,000 numbers.

    Not waited for: a mark is a fact of committed progress, and one that was lost is noted again
    when the lane is opened next, since progress tells where its epoch began.
    """

    def __init__(self, kafka: KafkaSettings, producer: BulkProducer) -> None:
        self._kafka = kafka
        self._producer = producer
        self._noted: dict[bytes, tuple[int, int]] = {}

    def note(self, lane_key: bytes, progress: Progress, terms: AgreementState) -> None:
        """Note where the lane is, if nothing was noted nearby."""
        epoch = progress.epoch
        if epoch is None:
            return
        here = (epoch.number, progress.next_sequence // _EVERY)
        before = self._noted.get(lane_key)
        if before == here:
            return
        self._noted[lane_key] = here
        if epoch.from_sequence and (before is None or before[0] != epoch.number):
            self._write(lane_key, "began", epoch.from_offset, epoch.from_sequence, progress, terms)
        where = progress.next_offset, progress.next_sequence
        self._write(lane_key, str(here[1]), *where, progress, terms)

    def read(self, lane_key: bytes, topic_id: str) -> list[Mark]:
        """Return the marks of a lane in the topic of that id, in the order of their offsets."""
        prefix = lane_key + b"|mark|"
        partition = progress_partition(lane_key)
        found = latest_values(
            self._kafka, PROGRESS_TOPIC, partition, lambda key: key.startswith(prefix)
        )
        marks = [Mark(**orjson.loads(value)) for value in found.values()]
        here = [mark for mark in marks if mark.topic_id == topic_id]
        return sorted(here, key=lambda mark: (mark.offset, mark.epoch))

    def _write(
        self,
        lane_key: bytes,
        name: str,
        offset: int,
        sequence: int,
        progress: Progress,
        terms: AgreementState,
    ) -> None:
        assert progress.epoch is not None  # noqa: S101 - only then is anything noted
        epoch = progress.epoch.number
        said = {
            "offset": offset,
            "sequence": sequence,
            "epoch": epoch,
            "terms": terms.encode().decode(),
            "topic_id": progress.topic_id,
        }
        key = b"|".join((lane_key, b"mark", str(epoch).encode(), name.encode()))
        partition = progress_partition(lane_key)
        self._producer.produce(PROGRESS_TOPIC, orjson.dumps(said), key, partition=partition)

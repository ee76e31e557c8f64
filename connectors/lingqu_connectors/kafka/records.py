"""A batch as records of the partner's topic: the loop that sets the pace."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from lingqu.connect.api import Verdict
from lingqu.connect.batch import Batch
from lingqu.errors import Reason

HEADER = "lq_seq"
_FRAME_BYTES = 5

# topic, value, key, headers; both this and the patient one queue a record.
Produce = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Records:
    """What of a batch goes to the target, under the target registry's schema id."""

    batch: Batch
    topic: str
    frame: bytes
    skipped: Collection[int] = ()

    def write(self, produce: Produce, patient: Produce) -> None:
        """Queue every record by `produce`; one it refuses is tried again by `patient`.

        `produce` is librdkafka's own method: a Python call around it costs a tenth of the rate.
        `patient` waits while the queue is full and says any other trouble in the hub's errors.
        """
        topic, frame = self.topic, self.frame
        for payload, key, sequence in self._events():
            value, number = frame + payload[_FRAME_BYTES:], b"%d" % sequence
            try:
                produce(topic, value, key, headers={HEADER: number})
            except Exception:  # noqa: BLE001 - whatever it is, the patient way waits or says it
                patient(topic, value, key, headers=[(HEADER, number)])

    def _events(self) -> Any:
        events = zip(self.batch.payloads, self.batch.keys, self.batch.sequences, strict=True)
        if not self.skipped:
            return events
        return (event for index, event in enumerate(events) if index not in self.skipped)


def oversize(batch: Batch, largest: int) -> list[Verdict]:
    """Return a verdict for each event that the target would refuse for its size."""
    longest_key = max(map(len, filter(None, batch.keys)), default=0)
    if max(map(len, batch.payloads), default=0) + longest_key <= largest:
        return []
    sizes = (len(p) + len(k or b"") for p, k in zip(batch.payloads, batch.keys, strict=True))
    return [
        Verdict(index, "rejected", _too_large(size, largest))
        for index, size in enumerate(sizes)
        if size > largest
    ]


def _too_large(size: int, largest: int) -> Reason:
    return Reason("too_large", f"{size} bytes; the partner's topic takes messages of {largest}")

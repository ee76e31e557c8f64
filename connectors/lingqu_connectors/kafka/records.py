"""A batch as records of the partner's topic: the loop that sets the pace."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.connect.api import Verdict
from lingqu.connect.batch import Batch
from lingqu.errors import Reason
from lingqu.kafka.bulk import BATCH_BYTES

HEADER = "lq_seq"
ATTEMPT = "lq_attempt"
_FRAME_BYTES = 5
_RECORD_BYTES = 30  # what a record takes beside key and value: lengths, times, the header
_FILLED = 0.9  # of a batch, since records differ in size

# Queues a record: the quick one as librdkafka's own `produce`, the patient one by name.
Produce = Callable[..., Any]
Event = tuple[bytes, bytes | None, bytes]
Events = Iterable[Event]


@dataclass(frozen=True, slots=True)
class Records:
    """What of a batch goes to the target, under the target registry's schema id."""

    batch: Batch
    topic: str
    frame: bytes
    skipped: Collection[int] = ()
    attempt: int = 1

    def write(self, produce: Produce, patient: Produce, settle: Callable[[], None]) -> None:
        """Queue every record by `produce`; one it refuses is tried again by `patient`.

        `produce` is librdkafka's own method: a Python call around it costs a tenth of the rate.
        `patient` waits while the queue is full and says any other trouble in the hub's errors.
        `settle` returns when all that was queued is acknowledged: it is called before there is more
        than fits one of librdkafka's batches, since its thread spins while another one waits.
        """
        events = self._events()
        together = max(1, int(BATCH_BYTES * _FILLED) // self._mean_bytes())
        self._queue(islice(events, together), produce, patient)
        for first in events:
            settle()
            self._queue(chain((first,), islice(events, together - 1)), produce, patient)

    def _queue(self, events: Events, produce: Produce, patient: Produce) -> None:
        topic, headers = self.topic, dict[str, bytes]()
        if self.attempt > 1:
            headers[ATTEMPT] = str(self.attempt).encode()
        for value, key, number in events:
            headers[HEADER] = number
            try:
                # The partition of the key's hash, no callbacks, the time of now: by place, since
                # naming the headers would cost as much as the record itself.
                produce(topic, value, key, -1, None, None, 0, headers)
            except Exception:  # noqa: BLE001 - whatever it is, the patient way waits or says it
                patient(topic, value, key, headers=list(headers.items()))

    def _mean_bytes(self) -> int:
        batch = self.batch
        octets = _octets(batch.payloads) + _octets(batch.keys)
        return _RECORD_BYTES + octets // max(1, len(batch))

    def _events(self) -> Iterator[Event]:
        batch = self.batch
        values = _framed(batch.payloads, self.frame)
        events = zip(values, batch.keys, _numbers(batch.sequences), strict=True)
        if not self.skipped:
            return events
        return (event for index, event in enumerate(events) if index not in self.skipped)


def _framed(payloads: Sequence[bytes], frame: bytes) -> list[bytes]:
    """Return the payloads with another frame, put on all at once."""
    array = pc.binary_replace_slice(pa.array(payloads, pa.binary()), 0, _FRAME_BYTES, frame)
    framed: list[bytes] = array.to_pylist()
    return framed


def _numbers(sequences: Sequence[int]) -> list[bytes]:
    """Return the numbers in decimal ASCII."""
    if isinstance(sequences, range):
        array = pa.arange(sequences.start, sequences.stop)
    else:
        array = pa.array(sequences, pa.int64())
    numbers: list[bytes] = array.cast(pa.string()).cast(pa.binary()).to_pylist()
    return numbers


def _octets(values: Sequence[bytes | None]) -> int:
    return int(pc.sum(pc.binary_length(pa.array(values, pa.binary()))).as_py() or 0)


def oversize(batch: Batch, largest: int) -> list[Verdict]:
    """Return a verdict for each event that the target would refuse for its size."""
    if _longest(batch.payloads) + _longest(batch.keys) <= largest:
        return []
    sizes = (len(p) + len(k or b"") for p, k in zip(batch.payloads, batch.keys, strict=True))
    return [
        Verdict(index, "rejected", _too_large(size, largest))
        for index, size in enumerate(sizes)
        if size > largest
    ]


def _longest(values: Sequence[bytes | None]) -> int:
    return int(pc.max(pc.binary_length(pa.array(values, pa.binary()))).as_py() or 0)


def _too_large(size: int, largest: int) -> Reason:
    return Reason("too_large", f"{size} bytes; the partner's topic takes messages of {largest}")

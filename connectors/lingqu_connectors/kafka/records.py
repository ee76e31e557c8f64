"""A batch as records of the partner's topic: the loop that sets the pace."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.connect.api import Verdict
from lingqu.connect.batch import Batch
from lingqu.errors import Reason

HEADER = "lq_seq"
ATTEMPT = "lq_attempt"
_FRAME_BYTES = 5

# Queues a record: the quick one as librdkafka's own `produce`, the patient one by name.
Produce = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Records:
    """What of a batch goes to the target, under the target registry's schema id."""

    batch: Batch
    topic: str
    frame: bytes
    skipped: Collection[int] = ()
    attempt: int = 1

    def write(self, produce: Produce, patient: Produce) -> None:
        """Queue every record by `produce`; one it refuses is tried again by `patient`.

        `produce` is librdkafka's own method: a Python call around it costs a tenth of the rate.
        `patient` waits while the queue is full and says any other trouble in the hub's errors.
        """
        topic, headers = self.topic, dict[str, bytes]()
        if self.attempt > 1:
            headers[ATTEMPT] = str(self.attempt).encode()
        for value, key, number in self._events():
            headers[HEADER] = number
            try:
                # The partition of the key's hash, no callbacks, the time of now: by place, since
                # naming the headers would cost as much as the record itself.
                produce(topic, value, key, -1, None, None, 0, headers)
            except Exception:  # noqa: BLE001 - whatever it is, the patient way waits or says it
                patient(topic, value, key, headers=list(headers.items()))

    def _events(self) -> Iterator[tuple[bytes, bytes | None, bytes]]:
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

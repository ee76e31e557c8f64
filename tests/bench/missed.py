"""What stands under a target not met: how far off, what the broker gives, where time goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaError, TopicPartition
from tests.bench.arrivals import Arrivals
from tests.bench.process import BenchError
from tests.bench.profile import CURE, top_frames

from lingqu.kafka import bulk

_BATCH, _TIMEOUT_S = 10_000, 10


@dataclass(frozen=True, slots=True)
class Missed:
    """A figure's share of its target, the broker's own rate in this run, the five top frames."""

    ratio: float
    broker_rate: float
    frames: Sequence[str] = field(default_factory=list)

    def line(self) -> str:
        seen = ", ".join(self.frames) or CURE
        return (
            f"    missed: {self.ratio:.2f} of the target; the broker alone gives"
            f" {self.broker_rate:,.0f} events/s; most time in {seen}"
        )

    def figures(self) -> dict[str, Any]:
        return {"missed": asdict(self)}


def looked_into(
    ratio: float, source: Arrivals, file: Path, again: Callable[[Path], object]
) -> Missed | None:
    """Return what is told of a target that was not met; None where `ratio` says that it was.

    The job is run `again` to be profiled into the file, and the source topic is read once by a
    consumer that does nothing with it.
    """
    if ratio >= 1:
        return None
    broker_rate = _read_alone(source)
    again(file)
    return Missed(round(ratio, 3), round(broker_rate), top_frames(file))


def _read_alone(source: Arrivals) -> float:
    left = {partition for partition, end in source.ends().items() if end}
    reader = bulk.consumer(source.kafka, "bench-alone", **{"enable.partition.eof": True})
    started, events = time.perf_counter(), 0
    try:
        reader.assign([TopicPartition(source.topic, partition, 0) for partition in left])
        while left:
            messages = reader.consume(1, _TIMEOUT_S) + reader.consume(_BATCH, 0)
            if not messages:
                raise BenchError(f"topic {source.topic!r} could not be read in {_TIMEOUT_S} s")
            for message in messages:
                if (error := message.error()) is None:
                    events += 1
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard(message.partition())
    finally:
        reader.close()
    return events / (time.perf_counter() - started)

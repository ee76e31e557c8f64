"""An independent look at what arrived: every event once, in order, and as the view says."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import fastavro
import pyarrow as pa
import pyarrow.compute as pc
from confluent_kafka import KafkaError, Message, TopicPartition
from tests.bench.arrivals import Arrivals
from tests.bench.process import BenchError

from lingqu.kafka import bulk
from lingqu.kafka.settings import KafkaSettings
from lingqu.wire.codec import AvroCodec

_BATCH = 20_000
_SAMPLE_EVERY = 5_000
_PSEUDONYM = re.compile(r"[0-9a-f]{32}")


@dataclass(slots=True)
class Found:
    """What an independent consumer read from a topic."""

    events: int = 0
    ids: list[pa.Array] = field(default_factory=list)
    sampled: list[dict[str, Any]] = field(default_factory=list)

    @property
    def distinct(self) -> int:
        return int(pc.count_distinct(pa.chunked_array(self.ids)).as_py()) if self.ids else 0


def read(kafka: KafkaSettings, topic: str, partitions: int, schema: str) -> Found:
    """Read every committed event of a topic under a schema."""
    codec = AvroCodec(schema)
    plain = fastavro.parse_schema(json.loads(schema))
    found, places = Found(), dict.fromkeys(range(partitions), 0)
    for messages in _batches(kafka, topic, partitions):
        decoded = codec.decode_framed([message.value() for message in messages], trusted=True)
        if decoded.refused:
            raise BenchError(f"topic {topic!r}: {len(decoded.refused)} events do not decode")
        found.ids.append(decoded.columns.column("event_id"))
        found.events += len(messages)
        for message in messages:
            places[message.partition()] += 1
            if places[message.partition()] % _SAMPLE_EVERY == 1:
                found.sampled.append(_sample(message, plain, places[message.partition()]))
    return found


def check(topic: str, found: Found, events: int) -> None:
    """Raise unless every event is there once."""
    if (found.events, found.distinct) != (events, events):
        raise BenchError(
            f"topic {topic!r} holds {found.events} events, {found.distinct} different ones,"
            f" instead of {events}"
        )


def check_numbers(topic: str, found: Found) -> None:
    """Raise unless the sampled events carry the number of their place in the partition."""
    wrong = [one for one in found.sampled if one["lq_seq"] != one["place"]]
    if wrong:
        raise BenchError(f"topic {topic!r}: number {wrong[0]['lq_seq']} at {wrong[0]['place']}")


def check_view(topic: str, found: Found) -> None:
    """Raise where a sampled event shows what the masks hide."""
    for one in found.sampled:
        event = one["event"]
        hidden = _PSEUDONYM.fullmatch(event["device"]) and event["keeper"][1:] == "***"
        if "phone" in event or not hidden:
            raise BenchError(f"topic {topic!r} shows what the view hides: {sorted(event)}")


def _sample(message: Message, schema: Any, place: int) -> dict[str, Any]:
    headers = dict(message.headers() or [])
    event = fastavro.schemaless_reader(io.BytesIO(message.value()[5:]), schema)
    return {"place": place, "lq_seq": int(headers.get("lq_seq", b"0")), "event": event}


def _batches(kafka: KafkaSettings, topic: str, partitions: int) -> Iterator[list[Message]]:
    ends = Arrivals(kafka, topic, partitions).ends()
    left = {partition for partition, end in ends.items() if end}
    options = {"enable.partition.eof": True}
    reader = bulk.consumer(kafka, "bench-verify", **options)
    try:
        reader.assign([TopicPartition(topic, partition, 0) for partition in left])
        while left:
            messages = reader.consume(_BATCH, 10)
            if not messages:
                raise BenchError(f"topic {topic!r} could not be read to its end in 10 s")
            for message in messages:
                if (error := message.error()) is not None:
                    if error.code() != KafkaError._PARTITION_EOF:
                        raise BenchError(f"topic {topic!r}: {error.str()}")
                    left.discard(message.partition())
            if good := [message for message in messages if message.error() is None]:
                yield good
    finally:
        reader.close()

"""Events of the bench contract: all different, about 111 bytes each, on the source topic."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from lingqu.contracts.model import Contract
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.wire.codec import AvroCodec

ORIGIN = "43"
FIRST_MS = 1_772_337_600_000
_CHUNK = 50_000
_STATIONS = [f"43-A{number:04}" for number in range(500)]
_DEVICES = [f"D{number:04}" for number in range(2_000)]
_KEEPERS = ["Li Bing", "Shi Lu", "Ximen Bao", "Sunshu Ao", "Zheng Guo", "Bai Ying", "Guo Shoujing"]


@dataclass(frozen=True, slots=True)
class Load:
    """What was put on the source topic."""

    topic: str
    events: int
    event_bytes: float


def fill(
    kafka: KafkaSettings, contract: Contract, schema_id: int, events: int, first: int = 0
) -> Load:
    """Produce that many events, numbered from `first`; return when all are acknowledged."""
    codec = AvroCodec(contract.latest().schema)
    dice = random.Random(20_260_301)
    producer = BulkProducer(kafka)
    topic, total = contract.topic(), 0
    for numbers in _chunks(first, first + events):
        columns = _columns(numbers, dice, codec.arrow_schema)
        keys = [station.encode() for station in columns.column("station").to_pylist()]
        payloads = codec.encode_framed(columns, schema_id)
        for key, payload in zip(keys, payloads, strict=True):
            producer.produce(topic, payload, key)
        total += sum(map(len, payloads))
    producer.flush(120)
    producer.close()
    return Load(topic, events, round(total / events, 1))


def _chunks(first: int, stop: int) -> Iterator[range]:
    for start in range(first, stop, _CHUNK):
        yield range(start, min(stop, start + _CHUNK))


def columns_of(contract: Contract, numbers: range) -> pa.RecordBatch:
    """Return such events as columns, without putting them anywhere."""
    schema = AvroCodec(contract.latest().schema).arrow_schema
    return _columns(numbers, random.Random(20_260_301), schema)


def _columns(numbers: range, dice: random.Random, schema: pa.Schema) -> pa.RecordBatch:
    count = len(numbers)
    values: dict[str, Iterable[object]] = {
        "event_id": [_event_id(number) for number in numbers],
        "occurred_at": [FIRST_MS + number for number in numbers],
        "origin": itertools.repeat(ORIGIN, count),
        "change": itertools.repeat("first", count),
        "supersedes": itertools.repeat(None, count),
        "mode": itertools.repeat("live", count),
        "environment": itertools.repeat("prod", count),
        "station": dice.choices(_STATIONS, k=count),
        "level": [dice.uniform(0, 40) for _ in numbers],
        "flow": [dice.uniform(0, 9_000) for _ in numbers],
        "heat": [dice.uniform(0, 35) for _ in numbers],
        "device": dice.choices(_DEVICES, k=count),
        "keeper": dice.choices(_KEEPERS, k=count),
        "phone": [f"8{dice.randrange(10**7):07}" for _ in numbers],
    }
    arrays = [pa.array(list(values[field.name]), field.type) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _event_id(number: int) -> str:
    """Return a UUID of version 7 in form, all different and the same in every run."""
    return f"0195{number >> 16 & 0xFFFF:04x}-{number & 0xFFFF:04x}-7000-8000-{number:012x}"

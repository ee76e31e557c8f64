"""Events of an invented contract, and a context to deliver them in, for trying connectors out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lingqu.connect.api import Options, ProgressRecord, SinkContext, Verdict
from lingqu.connect.batch import Batch
from lingqu.connect.record_source import SourceContext
from lingqu.kafka.progress import Progress, progress_key
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES, frame

REGION = "X-TRIAL"
SCHEMA_ID = 1
TARGET_SCHEMA_ID = 77

SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Reading",
        "namespace": "cn.lingqu.trial",
        "fields": [
            {"name": "event_id", "type": "string"},
            {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
            {"name": "meter", "type": "string"},
            {"name": "level", "type": ["null", "double"], "default": None},
            {
                "name": "parts",
                "type": {
                    "type": "array",
                    "items": {
                        "type": "record",
                        "name": "Part",
                        "fields": [{"name": "label", "type": "string"}],
                    },
                },
            },
        ],
    },
    separators=(",", ":"),
)


def sample_batch(lane: Lane, first: int, events: int) -> Batch:
    """Return a batch whose sequences begin at `first`; the same arguments give the same bytes."""
    sequences = range(first, first + events)
    rows = [_row(sequence) for sequence in sequences]
    return batch_of(lane, SCHEMA, rows, sequences, [row["meter"].encode() for row in rows])


def batch_of(
    lane: Lane,
    schema: str,
    rows: Sequence[dict[str, Any]],
    sequences: Sequence[int],
    keys: Sequence[bytes | None],
) -> Batch:
    """Return rows as the hub hands them to a sink."""
    codec = _codec(schema)
    payloads = [frame(SCHEMA_ID, body) for body in codec.encode_rows(rows)]
    return Batch(
        feed=lane.feed,
        topic=lane.topic,
        partition=lane.partition,
        offsets=[sequence - 1 for sequence in sequences],
        sequences=sequences,
        keys=keys,
        payloads=payloads,
        schema=schema,
        decode=lambda: codec.decode([p[HEADER_BYTES:] for p in payloads]).columns,
    )


def sample_rows(first: int, count: int) -> list[dict[str, Any]]:
    """Return events as JSON carries them, numbered from `first`."""
    return [_row(sequence) for sequence in range(first, first + count)]


def source_context(
    options: Options, notes: Mapping[str, str], secrets: Mapping[str, str]
) -> SourceContext:
    """Return what a record source's `start` is given."""
    return SourceContext(
        region=REGION,
        connector="trial",
        topic="trial.reading.v1",
        schema=SCHEMA,
        options=options,
        mappings=None,
        notes=dict(notes),
        secret=secrets.__getitem__,
        tell=lambda _sentence: None,
    )


@dataclass(slots=True)
class Lane:
    """One lane of a trial feed, and what its sink told the hub."""

    feed: str
    topic: str
    partition: int = 0
    partitions: int = 3
    exactly_once: bool = True
    key: tuple[str, ...] = ("meter",)
    check: Callable[[], None] = lambda: None
    secrets: Mapping[str, str] = field(default_factory=dict)
    rejected: list[tuple[int, Verdict]] = field(default_factory=list)
    registered: list[tuple[str, str, str]] = field(default_factory=list)

    def context(self, options: Options, schema: str = SCHEMA) -> SinkContext:
        """Return what a sink's `start` is given."""
        return SinkContext(
            region=REGION,
            feed=self.feed,
            topic=self.topic,
            partition=self.partition,
            partitions=self.partitions,
            transactional_id=f"lingqu.{REGION}.{self.feed}.{self.partition}",
            progress_key=self._key,
            key=self.key,
            schema=schema,
            options=options,
            exactly_once=self.exactly_once,
            check=self._check,
            reject=self._reject,
            register_schema=self._register,
            secret=self.secrets.__getitem__,
        )

    def progress(self, batch: Batch) -> ProgressRecord:
        """Return the progress that goes with the batch."""
        done = Progress("trial", next_offset=batch.offsets[-1] + 1 if len(batch) else 0)
        return ProgressRecord(self._key, done.encode())

    @property
    def _key(self) -> bytes:
        return progress_key(REGION, self.feed, self.topic, self.partition)

    def _check(self) -> None:
        self.check()

    def _reject(self, batch: Batch, verdicts: Sequence[Verdict]) -> None:
        self.rejected += [(batch.sequences[verdict.index], verdict) for verdict in verdicts]

    def _register(self, url: str, subject: str, schema: str) -> int:
        self.registered.append((url, subject, schema))
        return TARGET_SCHEMA_ID


@cache
def _codec(schema: str) -> AvroCodec:
    return AvroCodec(schema)


def _row(sequence: int) -> dict[str, Any]:
    return {
        "event_id": f"00000000-0000-7000-8000-{sequence:012d}",
        "occurred_at": 1_767_600_000_000 + sequence % 1_000_000 * 1_000,
        "meter": f"M{sequence % 7}",
        "level": None if sequence % 5 == 0 else sequence / 4,
        "parts": [{"label": f"{part}"} for part in range(sequence % 3)],
    }

"""What partners hold after a run, counted on their side with plain clients."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import fastavro
import orjson
from kafka import KafkaConsumer, TopicPartition

from lingqu.kafka.settings import KafkaSettings
from lingqu.wire.framing import HEADER_BYTES
from lingqu.wire.registry import RegistryClient


@dataclass(frozen=True, slots=True)
class Held:
    """One event as a partner has it; `number` is its `lq_seq`, within one lane."""

    event_id: str
    lane: int
    number: int
    fields: frozenset[str]


def held_in_topic(
    kafka: KafkaSettings, registry_url: str, topic: str, since: Mapping[int, int]
) -> list[Held]:
    """Return the events of a topic from the given offsets to its end, read committed."""
    reader = KafkaConsumer(
        **kafka.for_kafka_python(),
        isolation_level="read_committed",
        enable_auto_commit=False,
    )
    try:
        parts = [TopicPartition(topic, number) for number in since]
        reader.assign(parts)
        for part in parts:
            reader.seek(part, since[part.partition])
        with RegistryClient(registry_url) as registry:

            @cache
            def schema(schema_id: int) -> Any:
                return fastavro.parse_schema(json.loads(registry.schema(schema_id)))

            return [_from_record(record, schema) for record in to_the_end(reader, parts)]
    finally:
        reader.close()


def end_offsets(kafka: KafkaSettings, topic: str) -> dict[int, int]:
    """Return where each partition of a topic ends now; empty while there is no such topic."""
    reader = KafkaConsumer(**kafka.for_kafka_python())
    try:
        numbers = reader.partitions_for_topic(topic) or set()
        ends = reader.end_offsets([TopicPartition(topic, number) for number in numbers])
        return {part.partition: offset for part, offset in ends.items()}
    finally:
        reader.close()


def any_left(kafka: KafkaSettings, topic: str, offsets: Mapping[int, int | None]) -> bool:
    """Say whether any committed record stands at or after these offsets, None for the oldest.

    Subtracting from the end offsets would count the marks of transactions too.
    """
    reader = KafkaConsumer(**kafka.for_kafka_python(), isolation_level="read_committed")
    try:
        parts = [TopicPartition(topic, number) for number in offsets]
        reader.assign(parts)
        for part in parts:
            offset = offsets[part.partition]
            reader.seek_to_beginning(part) if offset is None else reader.seek(part, offset)
        return next(iter(to_the_end(reader, parts)), None) is not None
    finally:
        reader.close()


def held_in_folder(folder: Path, feed: str) -> list[Held]:
    """Return the events of all files of a feed that a manifest names."""
    held: list[Held] = []
    for manifest in sorted(folder.glob("*.manifest.json")):
        said = json.loads(manifest.read_text("utf-8"))
        if said["feed"] == feed:
            rows = _rows(folder / said["file"])
            held += [_from_row(row, said["partition"]) for row in rows]
    return held


def held_in_database(file: Path, table: str, feed: str) -> list[Held]:
    """Return the events of a feed in a table, in the order of each lane; none before it is made."""
    if not file.exists():
        return []
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=10)) as database:
        database.row_factory = sqlite3.Row
        known = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
        if not database.execute(known, (table,)).fetchone()[0]:
            return []
        quoted = table.replace('"', '""')
        wanted = f'SELECT * FROM "{quoted}" WHERE lq_feed = ? ORDER BY lq_part, lq_seq'  # noqa: S608
        return [_from_table(row) for row in database.execute(wanted, (feed,))]


def to_the_end(reader: KafkaConsumer, parts: list[TopicPartition]) -> Iterable[Any]:
    """Yield the records from where the reader stands to where the partitions end now."""
    ends = reader.end_offsets(parts)
    while any(reader.position(part) < ends[part] for part in parts):
        for records in reader.poll(timeout_ms=500).values():
            yield from records


def _from_record(record: Any, schema: Callable[[int], Any]) -> Held:
    written_by = schema(int.from_bytes(record.value[1:HEADER_BYTES], "big"))
    row: Any = fastavro.schemaless_reader(io.BytesIO(record.value[HEADER_BYTES:]), written_by, None)
    number = int(dict(record.headers).get("lq_seq", b"0"))
    return Held(row["event_id"], record.partition, number, frozenset(row))


def _from_table(row: sqlite3.Row) -> Held:
    fields = {name for name in row.keys() if not name.startswith("lq_")}  # noqa: SIM118 - of a Row
    return Held(row["event_id"], row["lq_part"], row["lq_seq"], frozenset(fields))


def _rows(file: Path) -> list[dict[str, Any]]:
    if file.suffix == ".avro":
        with file.open("rb") as handle:
            return [dict(row) for row in fastavro.reader(handle)]
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


def _from_row(row: dict[str, Any], lane: int) -> Held:
    return Held(row["event_id"], lane, row["lq_seq"], frozenset(row) - {"lq_seq"})

"""What stands on a topic, read as any `read_committed` consumer would."""

from __future__ import annotations

import io
import json
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import fastavro
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition
from tests.faults.checking.judge import Seen
from tests.faults.checking.ledger import Event
from tests.faults.checking.promises import Promise

_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and the registry that knows the schema ids on it."""

    bootstrap: str
    name: str
    partitions: int
    registry: str

    def seen(
        self, produced: Mapping[str, Event], promise: Promise, *, numbered: bool
    ) -> Iterator[Seen]:
        """Yield each committed event, those of one partition in offset order."""
        keys: dict[str, bytes] = {}
        for message in self._messages():
            value, key = bytes(message.value()), bytes(message.key())
            headers = dict(message.headers() or [])
            found = _decoded(self.registry, value)
            event = produced.get(found["event_id"])
            wrong = None if event is None else promise.wrong(event, found)
            if event is not None and keys.setdefault(event.station, key) != key:
                wrong = "its key differs from that of the same station's events before"
            if found["station"].encode() != key:
                wrong = "the record key is not what the event says"
            yield Seen(
                found["event_id"],
                message.partition(),
                int(headers["lq_seq"]) if numbered else None,
                wrong,
                promise.leaks(value, key, *headers.values()),
            )

    def _messages(self) -> Iterator[Message]:
        reader = Consumer(
            {
                "bootstrap.servers": self.bootstrap,
                "group.id": "fault-checker",
                "isolation.level": "read_committed",
                "enable.partition.eof": True,
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                "fetch.wait.max.ms": 20,
            }
        )
        try:
            reader.assign([TopicPartition(self.name, each, 0) for each in range(self.partitions)])
            yield from self._to_the_ends(reader)
        finally:
            reader.close()

    def _to_the_ends(self, reader: Consumer) -> Iterator[Message]:
        unread, heard = set(range(self.partitions)), time.monotonic()
        while unread:
            for message in reader.consume(5_000, 0.05):
                heard = time.monotonic()
                error = message.error()
                if error is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    unread.discard(message.partition())
            if time.monotonic() - heard > _PATIENCE_S:
                raise TimeoutError(f"{self.name} could not be read to the ends of {unread}")


def _decoded(registry: str, value: bytes) -> dict[str, Any]:
    """Return an event of its Confluent frame; refuses what follows its last byte."""
    if value[0] != 0:
        raise ValueError(f"magic byte {value[0]}")
    body = io.BytesIO(value[5:])
    found: Any = fastavro.schemaless_reader(
        body, _schema(registry, int.from_bytes(value[1:5], "big")), None
    )
    if body.read(1):
        raise ValueError(f"event {found['event_id']} is followed by bytes of nothing")
    return dict(found)


@cache
def _schema(registry: str, schema_id: int) -> Any:
    with urllib.request.urlopen(f"{registry}/schemas/ids/{schema_id}", timeout=10) as answer:
        return fastavro.parse_schema(json.loads(json.load(answer)["schema"]))

"""Events on a topic, and what an inbox makes of them in a table of its own."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Engine, Integer, MetaData, Table, Text, insert, select
from sqlalchemy.orm import Session
from tests.support.builders import contract_folder, event
from tests.support.gateway import small_registry
from tests.support.topics import writer

from lingqu.contracts.loader import load_catalogue
from lingqu.inbox.decoding import Decoder
from lingqu.inbox.handler import Received
from lingqu.inbox.inbox import Inbox
from lingqu.inbox.progress import create_progress
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec, progress_spec
from lingqu.metrics import Metrics
from lingqu.service.database import make_engine, session_factory
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame
from lingqu.wire.registry import RegistryClient

PARTITIONS = 2
EFFECT = Table(
    "effect",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("station", Text, nullable=False),
    Column("value", Integer, nullable=False),
)


@dataclass
class Noting:
    """A handler that notes each event, and can be told to fail."""

    failures: list[Exception] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        self.asked += event_ids
        found = select(EFFECT.c.event_id).where(EFFECT.c.event_id.in_(event_ids))
        return set(session.scalars(found))

    def handle(self, session: Session, _topic: str, events: Sequence[Received]) -> None:
        rows = [
            {"event_id": e["event_id"], "station": e["station"], "value": int(e["value"])}
            for e in events
        ]
        session.execute(insert(EFFECT), rows)
        if self.failures:
            raise self.failures.pop()


@dataclass(frozen=True)
class InboxUnderTest:
    """A topic of an invented contract, and the database that its events take effect in."""

    topic: str
    engine: Engine
    kafka: KafkaSettings
    registry: RegistryClient
    schemas: Path
    codec: AvroCodec
    schema_id: int
    metrics: Metrics = field(default_factory=Metrics)

    def publish(self, *events: dict[str, Any]) -> None:
        bodies = self.codec.encode_rows(events)
        self.publish_raw(
            *(
                (each["station"], frame(self.schema_id, body))
                for each, body in zip(events, bodies, strict=True)
            )
        )

    def publish_raw(self, *records: tuple[str, bytes | None]) -> None:
        self._producer.deliver(self.topic, ((key.encode(), value) for key, value in records))

    @cached_property
    def _producer(self) -> BulkProducer:
        return writer(self.kafka)

    def inbox(self, handler: Noting) -> Inbox:
        catalogue = load_catalogue(self.schemas)
        return Inbox(
            self.engine,
            self.kafka,
            "43",
            self.topic,
            {self.topic: handler},
            Decoder(catalogue, self.registry),
            self.metrics,
        )

    @contextmanager
    def running(self, handler: Noting) -> Iterator[Inbox]:
        inbox = self.inbox(handler)
        stop = threading.Event()
        thread = threading.Thread(target=inbox.run, args=(stop,), daemon=True)
        thread.start()
        try:
            yield inbox
        finally:
            stop.set()
            thread.join(30)
            assert not thread.is_alive()

    def effects(self) -> list[tuple[str, int]]:
        """Return station and value of each effect, in the order they were written."""
        with session_factory(self.engine, read_only=True)() as session:
            found = session.execute(select(EFFECT.c.station, EFFECT.c.value).order_by(EFFECT.c.id))
            return [(row.station, row.value) for row in found]

    def of(self, station: str) -> list[int]:
        return [value for each, value in self.effects() if each == station]


def stated(station: str, value: int, **changes: Any) -> dict[str, Any]:
    return event(station=station, value=float(value), **changes)


@contextmanager
def inbox_under_test(
    folder: Path, url: str, kafka: KafkaSettings, unique: str
) -> Iterator[InboxUnderTest]:
    schemas = contract_folder(folder, f"demo.{unique}")
    contract = load_catalogue(schemas).contract(f"demo.{unique}")
    schema = contract.latest().schema
    with Topics(kafka) as topics:
        topics.ensure([progress_spec(), TopicSpec(contract.topic(), PARTITIONS)])
    engine = make_engine(url)
    with engine.begin() as connection:
        create_progress(connection)
        EFFECT.create(connection)
    with small_registry() as registry, RegistryClient(registry.url) as client:
        schema_id = client.register(contract.subject(), schema)
        yield InboxUnderTest(
            contract.topic(), engine, kafka, client, schemas, AvroCodec(schema), schema_id
        )
    engine.dispose()

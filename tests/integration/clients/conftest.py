"""What the tests of foreign clients share: a registry process and topics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from confluent_kafka import Message, Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from tests.support.builders import contract_folder
from tests.support.ports import free_port
from tests.support.served import Served, environment
from tests.support.topics import TopicReader

from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Wire:
    """A topic of its own, written and read as any program does."""

    kafka: KafkaSettings
    topic: str

    @property
    def subject(self) -> str:
        return f"{self.topic}-value"

    def carried(self, value: bytes, headers: Headers | None = None) -> Message:
        """Send one record; return the newest one, as any reader gets it."""
        producer = Producer({"bootstrap.servers": self.kafka.bootstrap_servers})
        producer.produce(self.topic, value, headers=headers or [])
        assert producer.flush(20) == 0
        return self.newest()

    def newest(self) -> Message:
        return TopicReader(self.kafka, self.topic).read()[-1]


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a registry as a process of its own, on its own database; yield its address."""
    home = tmp_path_factory.mktemp("registry")
    nobody = f"127.0.0.1:{free_port()}"  # a registry needs no Kafka
    served = Served(environment(home, "43", nobody, contract_folder(home)), ("registry",))
    served.start()
    try:
        served.await_ready()
        yield served.url("registry")
    finally:
        served.stop()


@pytest.fixture
def wire(kafka: KafkaSettings, unique: str) -> Wire:
    with Topics(kafka) as topics:
        topics.ensure([TopicSpec(unique, 1)])
    return Wire(kafka, unique)


@pytest.fixture
def client(registry: str) -> Iterator[SchemaRegistryClient]:
    with SchemaRegistryClient({"url": registry, "max.retries": 0}) as found:
        yield found


@pytest.fixture
def stranger(registry: str) -> Iterator[SchemaRegistryClient]:
    """Return the client of another program, whose caches know nothing of what `client` did."""
    with SchemaRegistryClient({"url": registry, "max.retries": 0}) as found:
        yield found

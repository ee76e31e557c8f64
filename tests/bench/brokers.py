"""The two clusters of a run: one Kafka broker each, with 512 MB of heap, on free ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka.admin import AdminClient
from platformdirs import user_cache_path
from tests.support.ports import free_ports

from lingqu.kafka.settings import KafkaSettings
from lingqu_embedded import jars
from lingqu_embedded.broker import Broker, BrokerSettings

HEAP_MB = 512


@dataclass(frozen=True, slots=True)
class Clusters:
    """Where the events are, and where they go."""

    source: KafkaSettings
    target: KafkaSettings


@contextmanager
def two_clusters(home: Path) -> Iterator[Clusters]:
    """Start both brokers, and stop them at the end."""
    classpath = jars.classpath(user_cache_path("lingqu"))
    ports = free_ports(4)
    brokers = [
        Broker(BrokerSettings(home / "source", ports[0], ports[1], HEAP_MB), classpath),
        Broker(BrokerSettings(home / "target", ports[2], ports[3], HEAP_MB), classpath),
    ]
    try:
        for broker in brokers:
            broker.start()
        settings = [KafkaSettings(bootstrap_servers=broker.bootstrap) for broker in brokers]
        yield Clusters(*settings)
    finally:
        for broker in brokers:
            broker.kill()


def remove(kafka: KafkaSettings, chosen: Callable[[str], bool]) -> None:
    """Delete topics, so that neither their space nor their state reaches the next in turn."""
    admin = AdminClient({**kafka.for_librdkafka(), "log_level": 3})
    names = [name for name in admin.list_topics(timeout=10).topics if chosen(name)]
    for deleted in admin.delete_topics(names).values() if names else ():
        deleted.result()

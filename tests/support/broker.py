"""Kafka for tests: one shared broker a run, or one of its own for a test that stops or kills it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_ports

from lingqu.kafka.settings import KafkaSettings
from lingqu_embedded.broker import Broker, BrokerSettings, start_broker

# C1 alone: a test broker lives too short for the better compiler to pay.
JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


@dataclass(frozen=True, slots=True)
class SharedBroker:
    """The run's broker; its topics and groups are made unique by each test."""

    bootstrap: str

    @property
    def settings(self) -> KafkaSettings:
        return KafkaSettings(bootstrap_servers=self.bootstrap)


def small_broker(home: Path) -> Broker:
    """Start a broker on free ports; the caller stops it, and may `kill` and `start` it."""
    port, controller_port = free_ports(2)
    return start_broker(BrokerSettings(home, port, controller_port, heap_mb=256, jvm=JVM))

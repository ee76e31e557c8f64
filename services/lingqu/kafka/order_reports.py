"""What the lanes of orders report: how far each is and what it has counted, on the hub's Kafka."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

import orjson

from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.compacted import latest_values
from lingqu.kafka.progress import PROGRESS_TOPIC, progress_partition
from lingqu.kafka.settings import KafkaSettings

ReportState = Literal["running", "waiting", "done", "failed"]


@dataclass(frozen=True, slots=True)
class OrderReport:
    """One lane of one order: in one partition of the feed's topic.

    `sent` events went to the partner, or would in a dry run; those that today's agreement leaves
    out are `withheld`, those that nobody can read `dead`, those that the topic has dropped `gone`.
    """

    number: int
    partition: int
    state: ReportState
    why: str = ""
    next_offset: int = 0
    end_offset: int = 0
    next_sequence: int = 0
    sent: int = 0
    withheld: int = 0
    dead: int = 0
    gone: int = 0


def write_report(producer: BulkProducer, region: str, feed: str, report: OrderReport) -> None:
    """Write a report in place of the lane's last one; a flush of the producer makes it durable."""
    prefix = _prefix(region, feed)
    key = prefix + f"{report.number}|{report.partition}".encode()
    value = orjson.dumps(asdict(report))
    producer.produce(PROGRESS_TOPIC, value, key, partition=progress_partition(prefix))


def read_reports(kafka: KafkaSettings, region: str, feed: str) -> list[OrderReport]:
    """Return the last report of each lane of the feed's orders."""
    prefix = _prefix(region, feed)
    found = latest_values(
        kafka, PROGRESS_TOPIC, progress_partition(prefix), lambda key: key.startswith(prefix)
    )
    return [OrderReport(**orjson.loads(value)) for value in found.values()]


def _prefix(region: str, feed: str) -> bytes:
    return f"order|{region}|{feed}|".encode()

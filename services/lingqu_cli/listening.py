"""The records of a topic as they come, without a consumer group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from pydantic import ValidationError

from lingqu.client import HubAddresses
from lingqu.clock import Clock, SystemClock
from lingqu.errors import ConfigurationError, UnavailableError
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics
from lingqu.wire.header_framing import in_payload

_PREFIX = "LINGQU_KAFKA__"
_POLL_MS = 200


@dataclass(frozen=True, slots=True)
class Received:
    """One record of a topic."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


def kafka_settings(environ: Mapping[str, str], addresses: HubAddresses) -> KafkaSettings:
    """Return what LINGQU_KAFKA__… says, with the running hub's address where it is silent."""
    given = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(_PREFIX)
    }
    if addresses.kafka is not None:
        given["bootstrap_servers"] = addresses.kafka
    try:
        return KafkaSettings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        variable = _PREFIX + "__".join(str(part) for part in first["loc"]).upper()
        raise ConfigurationError(f"{variable} is wrong: {first['msg']}") from error


def listen(
    settings: KafkaSettings,
    topic: str,
    *,
    from_beginning: bool,
    idle_s: float | None,
    maximum: int | None,
    clock: Clock | None = None,
) -> Iterator[Received]:
    """Yield committed records until `maximum`, or until none has come for `idle_s`.

    Raises NotFoundError for a topic that does not exist, UnavailableError without a broker.
    """
    with Topics(settings) as topics:
        partitions = topics.facts(topic).partitions
    try:
        consumer = KafkaConsumer(
            **settings.for_kafka_python(),
            client_id="lingqu-consume",
            group_id=None,
            enable_auto_commit=False,
            isolation_level="read_committed",
        )
        try:
            _seek(consumer, topic, partitions, from_beginning=from_beginning)
            yield from _records(consumer, idle_s, maximum, clock or SystemClock())
        finally:
            consumer.close()
    except (KafkaError, OSError) as error:
        raise UnavailableError(
            f"Kafka at {settings.bootstrap_servers} stopped answering ({type(error).__name__})"
        ) from error


def _seek(consumer: KafkaConsumer, topic: str, partitions: int, *, from_beginning: bool) -> None:
    wanted = [TopicPartition(topic, partition) for partition in range(partitions)]
    consumer.assign(wanted)
    offsets = (consumer.beginning_offsets if from_beginning else consumer.end_offsets)(wanted)
    for partition, offset in offsets.items():
        consumer.seek(partition, offset)


def _records(
    consumer: KafkaConsumer, idle_s: float | None, maximum: int | None, clock: Clock
) -> Iterator[Received]:
    seen = 0
    last = clock.monotonic()
    while idle_s is None or clock.monotonic() - last < idle_s:
        for records in consumer.poll(timeout_ms=_POLL_MS).values():
            for record in records:
                (value,) = in_payload([record.value], [record.headers])
                yield Received(record.partition, record.offset, record.key, value)
                seen += 1
                if seen == maximum:
                    return
            last = clock.monotonic()

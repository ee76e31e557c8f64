"""Publishing at the speed of a service: few records, each known to be durable when it returns."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from kafka import KafkaProducer
from kafka.errors import KafkaError, MessageSizeTooLargeError

from lingqu.errors import PermanentError, UnavailableError
from lingqu.kafka.knock import knock
from lingqu.kafka.settings import KafkaSettings


class Publisher:
    """An idempotent kafka-python producer (acks=all, murmur2 by key); a context manager.

    `publish` queues, `flush` returns when everything queued is acknowledged; leaving the block
    flushes. Raises UnavailableError when the cluster does not acknowledge in time, and
    PermanentError for a record that it never will.
    """

    def __init__(self, settings: KafkaSettings, *, timeout_s: float = 30) -> None:
        self._address = settings.bootstrap_servers
        self._timeout_s = timeout_s
        self._waiting: list[Any] = []
        try:
            knock(settings.bootstrap_servers)
            self._producer = KafkaProducer(
                **settings.for_kafka_python(),
                client_id="lingqu-publisher",
                enable_idempotence=True,
                acks="all",
                delivery_timeout_ms=int(timeout_s * 1000),
                max_block_ms=int(timeout_s * 1000),
            )
        except (KafkaError, OSError) as error:
            raise self._unavailable(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self.flush()
        finally:
            self._producer.close(timeout=self._timeout_s if error is None else 0)

    def publish(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        """Queue one record."""
        try:
            self._waiting.append(self._producer.send(topic, key=key, value=value))
        except MessageSizeTooLargeError as error:
            raise PermanentError(f"topic {topic!r} on {self._address}: {error}") from error
        except KafkaError as error:
            raise self._unavailable(error) from error

    def flush(self) -> None:
        """Return when everything queued is acknowledged."""
        waiting, self._waiting = self._waiting, []
        try:
            for future in waiting:
                future.get(self._timeout_s)
        except KafkaError as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> UnavailableError:
        return UnavailableError(
            f"Kafka at {self._address} did not take a record ({type(error).__name__}); "
            "is the broker up, and is the topic there?"
        )

"""Transactions that will never end by themselves, and hold up whoever reads what is committed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kafka import TopicPartition

from lingqu.kafka.topics import Topics

# Coordinators look after transactions that have timed out every 10 s.
_SLACK_MS = 60_000
_OVER = ("Empty", "CompleteCommit", "CompleteAbort", "Dead")


@dataclass(frozen=True, slots=True)
class Hanging:
    """One transaction that is open on one partition, though no coordinator will ever end it."""

    topic: str
    partition: int
    producer_id: int
    start_offset: int

    def cure(self, address: str) -> str:
        """Return the command of Kafka's own tool that aborts it (KIP-664)."""
        return (
            f"kafka-transactions.sh --bootstrap-server {address} abort --topic {self.topic}"
            f" --partition {self.partition} --start-offset {self.start_offset}"
        )


class HangingTransactions(Topics):
    """An admin connection that asks partition leaders and coordinators, and compares (KIP-664)."""

    def find(self, now_ms: int) -> list[Hanging]:
        """Return what is open on a partition beyond its time-out, or unknown to its coordinator.

        Raises UnavailableError without a broker.
        """
        found = self._open(self._partitions())
        if not found:
            return []
        known = self._known(now_ms)
        # One that has ended between the two questions is open no more.
        still = self._open({place for place, _ in found.keys() - known})
        return sorted(
            (
                Hanging(place.topic, place.partition, producer, started)
                for (place, producer), started in still.items()
                if (place, producer) not in known
            ),
            key=lambda one: (one.topic, one.partition, one.start_offset),
        )

    def _partitions(self) -> set[TopicPartition]:
        described = self._call(self._admin.describe_topics)
        return {
            TopicPartition(topic["name"], partition["partition_index"])
            for topic in described
            for partition in topic["partitions"]
        }

    def _open(self, places: Iterable[TopicPartition]) -> dict[tuple[TopicPartition, int], int]:
        """Return which producers have a transaction open on which partition, and since where."""
        told: dict[Any, Any] = self._call(self._admin.describe_producers, list(places))
        return {
            (place, producer.producer_id): producer.current_transaction_start_offset
            for place, state in told.items()
            for producer in state.active_producers
            if producer.current_transaction_start_offset >= 0
        }

    def _known(self, now_ms: int) -> set[tuple[TopicPartition, int]]:
        """Return what coordinators know to be open, and will end when it has timed out."""
        listed = self._call(self._admin.list_transactions)
        names = {
            each.transactional_id
            for all_of_one in listed.values()
            for each in all_of_one
            if each.state.value not in _OVER
        }
        told = self._call(self._admin.describe_transactions, names) if names else {}
        return {
            (place, each.producer_id)
            for each in told.values()
            if now_ms - each.transaction_start_time_ms <= each.transaction_timeout_ms + _SLACK_MS
            for place in each.topic_partitions
        }

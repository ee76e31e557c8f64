"""Transactions that hang: told from those that are merely open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lingqu.kafka.hanging import Hanging, HangingTransactions
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import TopicSpec, progress_spec
from lingqu.kafka.transaction import TransactionalLane
from lingqu_embedded import doctor

pytestmark = pytest.mark.integration


def test_what_is_open_beyond_its_time_out_hangs_and_what_is_merely_open_does_not(
    kafka: KafkaSettings, unique: str
) -> None:
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    with HangingTransactions(kafka) as transactions:
        transactions.ensure([progress_spec(), TopicSpec(unique, 2)])
        lane = TransactionalLane(kafka, unique, timeout_s=60)
        lane.open(b"nobody")
        lane.begin()
        lane.produce(unique, b"value", b"key", partition=1)
        lane.raw.flush(10)

        def mine(at_ms: int) -> list[Hanging]:
            return [one for one in transactions.find(at_ms) if one.topic == unique]

        assert mine(now_ms) == []
        (hanging,) = mine(now_ms + 180_000)
        told = doctor.transactions(kafka, datetime.now(UTC) + timedelta(minutes=3))
        lane.abort()
        assert mine(now_ms + 180_000) == []

    assert (told.good, "hangs on" in told.found) == (False, True)
    assert told.cure.startswith("kafka-transactions.sh --bootstrap-server")
    assert (hanging.partition, hanging.start_offset) == (1, 0)
    assert hanging.cure("broker:9092") == (
        "kafka-transactions.sh --bootstrap-server broker:9092 abort"
        f" --topic {unique} --partition 1 --start-offset 0"
    )

"""Dead letters that the broker does not take: whoever wrote one hears of it, and of no other's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.support.ports import free_port

from lingqu.clock import SystemClock
from lingqu.errors import Reason, RetriableError
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.metrics import Metrics
from lingqu_worker.dead_letters import DeadLetters, Letter
from lingqu_worker.metrics import DEAD_LETTERS

pytestmark = pytest.mark.integration


def test_no_lane_takes_its_letter_for_durable_because_another_heard_of_the_failure() -> None:
    """One producer serves all lanes: a letter taken for written is an event lost."""
    away = KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}")
    producer, metrics = BulkProducer(away, **{"message.timeout.ms": 300}), Metrics()

    def write(lane: int) -> bool:
        letters = DeadLetters(f"feed-{lane}", "agreement", "partner", b"k" * 32, SystemClock())
        reason = Reason("undecodable", "it is broken")
        letter = Letter("demo.reading.v1", 0, lane, lane, b"key", b"body", reason)
        try:
            letters.write(producer, [letter], metrics)
        except RetriableError:
            return False
        return True

    with ThreadPoolExecutor(6) as lanes:
        written = list(lanes.map(write, range(6)))
    producer.close()
    assert written == [False] * 6
    assert metrics.value(DEAD_LETTERS, feed="feed-0", code="undecodable") == 0

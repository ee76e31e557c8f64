"""Two workers of one name: a mistake, or a zombie that wakes up beside its successor."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.builders import event
from tests.support.registry import running_registry
from tests.support.waiting import wait_until
from tests.support.worker import worker_under_test

from lingqu.kafka.settings import KafkaSettings

pytestmark = pytest.mark.integration


def test_a_worker_fenced_by_its_namesake_goes_on_when_that_one_is_gone(
    tmp_path: Path, kafka: KafkaSettings, unique: str
) -> None:
    schemas = tmp_path / "none"
    schemas.mkdir()
    with running_registry(f"sqlite:///{tmp_path / 'registry.sqlite'}", schemas) as url:
        worker = worker_under_test(tmp_path, kafka, url, unique)
        worker.agree(unique, options=worker.kafka_options())
        target = f"{worker.topic}.from.43"
        with worker.running(instance="one"):
            worker.publish([event(station=f"43-{n}") for n in range(20)])
            worker.await_delivered(target, 20)
            with worker.running(instance="one") as (loop, _):
                wait_until(lambda: "running" in _states(loop, unique))
                worker.publish([event(station=f"43-{n}") for n in range(20)])
                worker.await_delivered(target, 40)
            worker.publish([event(station=f"43-{n}") for n in range(20)])
            worker.await_delivered(target, 60)
        assert len(worker.delivered(target)) == 60


def _states(loop: object, feed: str) -> list[str]:
    runners = loop.runners()  # type: ignore[attr-defined]
    return [s.state for r in runners if r.state.feed == feed for s in r.inlet.statuses()]

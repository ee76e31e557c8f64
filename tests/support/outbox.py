"""An outbox to append to, relays to run, and what readers of the topic see."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from tests.support.topics import TopicReader

from lingqu.kafka.progress import PROGRESS_TOPIC
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, TopicSpec, progress_spec
from lingqu.kafka.transaction import TransactionalLane
from lingqu.metrics import Metrics
from lingqu.outbox import EncodedEvent, append
from lingqu.outbox.model import create_outbox
from lingqu.outbox.relay import Relay
from lingqu.outbox.rows import Bundle
from lingqu.service.database import make_engine, session_factory

ROOT = Path(__file__).parents[2]
PARTITIONS = 3


@contextmanager
def outbox_at(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    with engine.begin() as connection:
        create_outbox(connection)
    try:
        yield engine
    finally:
        engine.dispose()


def make_topic(kafka: KafkaSettings, name: str) -> str:
    with Topics(kafka) as topics:
        topics.ensure([progress_spec(), TopicSpec(name, PARTITIONS)])
    return name


def events(count: int, *, keys: int = 7) -> list[EncodedEvent]:
    return [
        EncodedEvent(str(uuid.uuid4()), f"k{number % keys}", f"{number}".encode())
        for number in range(count)
    ]


def commit(engine: Engine, topic: str, appended: list[EncodedEvent]) -> list[EncodedEvent]:
    with session_factory(engine).begin() as session:
        append(session, topic, appended)
    return appended


def relay_of(engine: Engine, kafka: KafkaSettings, service: str) -> Relay:
    return Relay(engine, kafka, "43", service, Metrics())


@contextmanager
def relaying(relay: Relay) -> Iterator[Relay]:
    stop = threading.Event()
    thread = threading.Thread(target=relay.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def until(condition: Callable[[], bool], timeout_s: float = 40) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        threading.Event().wait(0.02)


def read_all(kafka: KafkaSettings, topic: str) -> list[tuple[str, bytes]]:
    """Return key and value of every committed record, in order per key."""
    records = TopicReader(kafka, topic).read()
    return [(record.key().decode(), record.value()) for record in records]


def per_key(records: list[tuple[str, bytes]]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for key, value in records:
        found.setdefault(key, []).append(value)
    return found


def expected(appended: list[EncodedEvent]) -> dict[str, list[bytes]]:
    return per_key([(event.key, event.payload) for event in appended])


def run_dying_relay(url: str, kafka: KafkaSettings, service: str, moment: str) -> None:
    """Run a relay in a process of its own that is killed at the moment, and wait for its end."""
    command = [sys.executable, "-m", "tests.support.outbox", url, kafka.bootstrap_servers]
    done = subprocess.run([*command, service, moment], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL


class DyingRelay(Relay):
    """Killed where it hurts most: before the commit, or between commit and deletion."""

    moment = "after-commit"

    def _commit(self, lane: TransactionalLane, bundles: Sequence[Bundle]) -> None:
        if self.moment == "before-commit":
            lane.begin()
            for bundle in bundles:
                for key, payload in bundle.records():
                    lane.produce(bundle.topic, payload, key)
            lane.produce(PROGRESS_TOPIC, b"{}", self._key)
            lane.raw.flush(10)
            os.kill(os.getpid(), signal.SIGKILL)
        super()._commit(lane, bundles)
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    url, bootstrap, service, DyingRelay.moment = sys.argv[1:]
    kafka = KafkaSettings(bootstrap_servers=bootstrap)
    DyingRelay(make_engine(url), kafka, "43", service, Metrics()).run(threading.Event())


if __name__ == "__main__":
    main()

"""A partner that answers at random, and a worker killed meanwhile: nothing lost, keys in order."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from functools import partial
from pathlib import Path

import pytest
from tests.support.dealings import Dealings, call_of
from tests.support.lanes import readings
from tests.support.moods import Moody
from tests.support.partner import SECRET, HttpPartner
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest, worker_under_test
from tests.support.worker_process import WorkerProcess

from lingqu.kafka.settings import KafkaSettings
from lingqu_worker.retry import Schedule

pytestmark = pytest.mark.integration

EVENTS, STATIONS, SEED = 2_000, 60, 4


@pytest.fixture
def worker(tmp_path: Path, kafka: KafkaSettings, registry_url: str, unique: str) -> WorkerUnderTest:
    made = worker_under_test(tmp_path, kafka, registry_url, unique, partitions=4)
    made.schedule = Schedule((0.2,) * 12)
    made.keep_secret("partner-key", SECRET)
    return made


def numbers_of_keys(worker: WorkerUnderTest) -> dict[str, list[int]]:
    """Return the numbers that each key's events must carry: their places in their partition."""
    counts: dict[int, int] = defaultdict(int)
    found: dict[str, list[int]] = defaultdict(list)
    for record in TopicReader(worker.kafka, worker.topic).read():
        counts[record.partition()] += 1
        found[record.key().decode()].append(counts[record.partition()])
    return found


def dealt_with(partner: HttpPartner, moody: Moody, events: int) -> bool:
    return len(partner.taken.keys() | moody.rejected) >= events


def test_every_event_arrives_in_order_whatever_the_partner_does_and_however_the_worker_dies(
    worker: WorkerUnderTest, unique: str, tmp_path: Path
) -> None:
    worker.publish(readings(0, EVENTS, STATIONS))
    moody = Moody(SEED)
    with HttpPartner(moody).serving() as partner:
        options = {"url": partner.url, "secret": "partner-key", "batch_size": 100, "timeout_s": 0.5}
        worker.agree(unique, connector="http-sink", options=options)
        process = WorkerProcess(worker, tmp_path / "worker.log")

        try:
            for deaths in (400, 1_200):
                until = partial(dealt_with, partner, moody, deaths)
                process.start()
                wait_until(until, 90)
                process.kill()
            process.start()
            wait_until(partial(dealt_with, partner, moody, EVENTS), 120)
            rejected = EVENTS - len(partner.taken)
            wait_until(lambda: len(worker.dead_letters(unique)) >= rejected, 60)
        finally:
            process.kill()
    calls = [
        call_of(request, reply, hashlib.sha256(request.body).hexdigest())
        for request, reply in partner.log
    ]
    dealings = Dealings(numbers_of_keys(worker)).read(calls)
    assert dealings.broken == []
    assert len(dealings.taken | dealings.rejected) == EVENTS
    assert partner.unsigned == 0
    assert len(worker.dead_letters(unique)) > 0
    assert "Traceback" not in process.words()

"""A worker with a feed to an HTTP partner, and what a test asks of both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.partner import SECRET, HttpPartner
from tests.support.waiting import wait_until
from tests.support.worker import WorkerUnderTest, worker_under_test

from lingqu.agreements.state import AgreementState
from lingqu.kafka.settings import KafkaSettings
from lingqu_worker.loop import WorkerLoop
from lingqu_worker.parking import ParkedStatus
from lingqu_worker.retry import Schedule


@dataclass
class HttpFeed:
    """One feed from a worker to a partner that answers as the test says."""

    worker: WorkerUnderTest
    partner: HttpPartner
    name: str

    def agree(self, **terms: Any) -> AgreementState:
        options = {"url": self.partner.url, "secret": "partner-key", "timeout_s": 2.0}
        options |= terms.pop("options", {})
        feed = terms.pop("feed", self.name)
        return self.worker.agree(feed, connector="http-sink", options=options, **terms)

    def parked(self, loop: WorkerLoop) -> ParkedStatus:
        """Return what all lanes of the feed have parked."""
        statuses = [
            status.parked
            for runner in loop.runners()
            if runner.state.feed == self.name
            for status in runner.inlet.statuses()
            if status.parked is not None
        ]
        return ParkedStatus(
            sum(status.events for status in statuses),
            sum(status.keys for status in statuses),
            min((each.oldest_ms for each in statuses if each.oldest_ms), default=None),
            None,
        )

    def await_taken(self, count: int) -> list[float]:
        """Wait until the partner has taken so many events; return their values in that order."""
        wait_until(lambda: len(self.partner.taken) >= count)
        return [event["data"]["value"] for event in self.partner.taken.values()]


@contextmanager
def http_feed(
    folder: Path, kafka: KafkaSettings, registry_url: str, unique: str, **contract: Any
) -> Iterator[HttpFeed]:
    """Serve the partner; a parked key is tried again three times a second, for ever."""
    with HttpPartner().serving() as partner:
        worker = worker_under_test(folder, kafka, registry_url, unique, **contract)
        worker.schedule = Schedule((0.3,) * 1_000)
        worker.keep_secret("partner-key", SECRET)
        yield HttpFeed(worker, partner, unique)

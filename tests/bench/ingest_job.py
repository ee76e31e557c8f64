"""P7: JSON events posted to one gateway, judged and durable in its outbox on PostgreSQL."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from tests.bench.arrivals import Arrivals
from tests.bench.hub import CONTRACTS
from tests.bench.load import columns_of
from tests.bench.missed import Missed, looked_into
from tests.bench.process import BenchError, Measured
from tests.bench.profile import profiled
from tests.bench.publication import await_published
from tests.bench.report import Other
from tests.bench.service_hub import ServiceHub, service_hub

from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract

NAME = "P7"
_RATE_TARGET = 15_000
_BATCH, _SENDERS, _TIMEOUT_S = 500, 4, 60
_WARM, _EVENTS = 20_000, 300_000


@dataclass(frozen=True, slots=True)
class IngestFigures:
    """What one round came to; the CPU time is the gateway's, its relay included."""

    rate: float
    published_after_s: float
    cpu_s_per_million: float
    peak_rss_mb: float


def run(home: Path, rounds: int) -> Other:
    """Measure so many times on one hub; the figures are those of the middle round, by rate."""
    home = home / "ingest"
    with (
        service_hub(home, "gateway", CONTRACTS) as hub,
        hub.serving("registry"),
        hub.serving("gateway") as gateway,
    ):
        posting = _Posting(hub, gateway)
        posting.warm_up()
        measured = [posting.measure() for _ in range(rounds)]
        middle = sorted(measured, key=lambda each: each.rate)[rounds // 2]
        missed = looked_into(
            middle.rate / _RATE_TARGET, posting.topic(), home / "profile", posting.measure
        )
    return Other(NAME, _line(middle, missed), _summary(middle, measured, missed))


class _Posting:
    """Posts events to the gateway of one hub, each round others."""

    def __init__(self, hub: ServiceHub, gateway: Measured) -> None:
        self._hub = hub
        self._gateway = gateway
        self._contract = load_catalogue(CONTRACTS).contract("bench.reading")
        self._url = f"{hub.url('gateway')}/v1/topics/{self._contract.topic()}/events"
        self._posted = 0

    def topic(self) -> Arrivals:
        """Return what is published as seen from outside."""
        return Arrivals(self._hub.kafka, self._contract.topic(), self._contract.partitions)

    def warm_up(self) -> None:
        """Post some that do not count: a service that has just begun is no measure."""
        _post(self._url, self._bodies(_WARM))

    def measure(self, profile: Path | None = None) -> IngestFigures:
        """Post a round and wait until it is published; tell in a `profile` where time went."""
        gateway, bodies = self._gateway, self._bodies(_EVENTS)
        with ExitStack() as seen:
            if profile is not None:
                seen.enter_context(profiled(gateway.pid, profile))
            cpu_s, began = gateway.cpu_s(), time.perf_counter()
            _post(self._url, bodies)
            seconds = time.perf_counter() - began
        waited = await_published(self._hub, gateway, self._contract.topic(), self._posted)
        used = (gateway.cpu_s() - cpu_s) / _EVENTS * 1e6
        return IngestFigures(_EVENTS / seconds, waited, used, gateway.peak_rss_mb())

    def _bodies(self, events: int) -> list[bytes]:
        numbers = range(self._posted, self._posted + events)
        self._posted += events
        return list(_bodies(self._contract, numbers))


def _bodies(contract: Contract, numbers: range) -> Iterator[bytes]:
    """Yield request bodies as a province's own system would write them."""
    for first in range(numbers.start, numbers.stop, _BATCH):
        rows = columns_of(contract, range(first, first + _BATCH)).to_pylist()
        yield orjson.dumps(rows, option=orjson.OPT_NAIVE_UTC)


def _post(url: str, bodies: Sequence[bytes]) -> None:
    """Post all from as many connections as there are senders; raise where one is not taken."""
    with ThreadPoolExecutor(_SENDERS) as senders:
        for _ in senders.map(lambda first: _send(url, bodies[first::_SENDERS]), range(_SENDERS)):
            pass


def _send(url: str, bodies: Sequence[bytes]) -> None:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=_TIMEOUT_S)
    try:
        for body in bodies:
            connection.request("POST", address.path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            told = answer.read()
            if answer.status != 202 or orjson.loads(told)["accepted"] != _BATCH:
                raise BenchError(f"the gateway answered {answer.status}: {told[:300]!r}")
    finally:
        connection.close()


def _line(figures: IngestFigures, missed: Missed | None) -> str:
    told = (
        f"{NAME}  gateway, batches of {_BATCH} JSON events {figures.rate:>9,.0f}/s"
        f" (≥ {_RATE_TARGET:,}), all published {figures.published_after_s:.0f} s after,"
        f" CPU-s per million {figures.cpu_s_per_million:.1f}, {figures.peak_rss_mb:.0f} MB"
    )
    return told if missed is None else f"{told}\n{missed.line()}"


def _summary(
    middle: IngestFigures, measured: Sequence[IngestFigures], missed: Missed | None
) -> Mapping[str, Any]:
    return {
        "says": f"POST of {_BATCH} events to one gateway, {_SENDERS} connections, PostgreSQL",
        **{name: round(value, 1) for name, value in asdict(middle).items()},
        "rate_target": _RATE_TARGET,
        "rounds": [asdict(each) for each in measured],
        **({} if missed is None else missed.figures()),
    }

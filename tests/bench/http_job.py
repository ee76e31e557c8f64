"""P4: a feed to an HTTP partner, beside the ceiling of the same client with ready-made bodies."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pyarrow as pa
from tests.bench.arrivals import Pace, Samples
from tests.bench.http_partner import SECRET
from tests.bench.hub import BenchHub
from tests.bench.jobs import Figures, Job
from tests.bench.load import Load, columns_of
from tests.bench.missed import looked_into
from tests.bench.process import BenchError, Measured
from tests.bench.report import Other
from tests.support.ports import free_port

from lingqu.connect.batch import Batch
from lingqu_connectors.http.cloud_events import CONTENT_TYPE, encode
from lingqu_connectors.http.connection import Connection
from lingqu_connectors.http.signature import Signer, message_id

JOB = Job("P4", "HTTP, batches of 500, signed", "at_least_once", 3.0)
# No HTTP sink of others could be had to run beside it; Bento, measured on such a machine in batches
# of 500 over 4 connections, unsigned, came to 46,800 events/s: the target is three times that.
_PEER, _PEER_RATE = "Bento http_client, as measured on such a machine, not in this run", 46_800
_RATE_TARGET, _CEILING_TARGET = 3 * _PEER_RATE, 0.5
_BATCH, _LANES, _CEILING_S = 500, 4, 4.0


@dataclass(frozen=True, slots=True)
class HttpFigures:
    """What P4 came to in one round."""

    hub: Figures
    ceiling: float

    @property
    def share(self) -> float:
        return self.hub.rate / self.ceiling


@dataclass
class Partner:
    """The partner's process, counted over its own connection."""

    url: str
    _samples: Samples = field(default_factory=Samples)

    def count(self) -> int:
        return self._samples.note(self.told()["events"])

    def pace(self, events: int) -> Pace:
        return self._samples.pace(events)

    def told(self) -> dict[str, int]:
        found: dict[str, int] = httpx2.get(self.url, timeout=10).json()
        return found


def run(hub: BenchHub, load: Load, home: Path, rounds: int) -> Other:
    """Measure so many rounds; the line and the figures are those of the middle one, by rate."""
    measured = [measure(hub, load, home, number) for number in range(1, rounds + 1)]
    figures = _summary(measured)
    missed = looked_into(
        min(figures["rate"] / _RATE_TARGET, figures["share"] / _CEILING_TARGET),
        hub.source_of(load),
        home / "p4.profile",
        lambda file: _deliver(hub, load, home, "profiled", file),
    )
    if missed is None:
        return Other(JOB.name, _line(figures), figures)
    told = f"{_line(figures)}\n{missed.line()}"
    return Other(JOB.name, told, {**figures, **missed.figures()})


def measure(hub: BenchHub, load: Load, home: Path, number: int) -> HttpFigures:
    """Post ready-made bodies for a while, then let a worker deliver the whole topic."""
    with _partner(home) as partner:
        ceiling = _ceiling(partner.url, hub)
    return HttpFigures(_deliver(hub, load, home, str(number)), ceiling)


def _deliver(
    hub: BenchHub, load: Load, home: Path, name: str, profile: Path | None = None
) -> Figures:
    with _partner(home) as partner:
        hub.keep_secret("bench-partner", SECRET)
        options = {"url": partner.url, "secret": "bench-partner", "batch_size": _BATCH}
        _, figures = hub.run(JOB, f"p4-{name}", load, partner, options, "http-sink", profile)
        _check(partner.told(), load)
    return figures


def _line(figures: Mapping[str, Any]) -> str:
    return (
        f"P4  {JOB.says:<33}{figures['rate']:>9,.0f}/s (≥ {_RATE_TARGET:,}, 3 × Bento), ceiling "
        f"{figures['ceiling']:,.0f}/s, share {figures['share']:.2f} (≥ {_CEILING_TARGET:g}), "
        f"CPU-s per million {figures['cpu_s_per_million']:.2f}, {figures['peak_rss_mb']:.0f} MB"
    )


def _summary(rounds: Sequence[HttpFigures]) -> dict[str, Any]:
    middle = sorted(rounds, key=lambda each: each.hub.rate)[len(rounds) // 2]
    return {
        "says": JOB.says,
        "rate": round(middle.hub.rate),
        "rate_target": _RATE_TARGET,
        "peer": _PEER,
        "peer_rate": _PEER_RATE,
        "ceiling": round(middle.ceiling),
        "share": round(middle.share, 3),
        "share_target": _CEILING_TARGET,
        "cpu_s_per_million": round(middle.hub.cpu_s_per_million, 3),
        "peak_rss_mb": round(middle.hub.peak_rss_mb),
        "rounds": [asdict(each) for each in rounds],
    }


@contextmanager
def _partner(home: Path) -> Iterator[Partner]:
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.http_partner", str(port)]
    root = str(Path(__file__).parents[2])
    environ = {**os.environ, "PYTHONPATH": root}
    with Measured("the partner", command, environ, home / "partner.log") as process:
        partner = Partner(f"http://127.0.0.1:{port}/")
        process.wait("answer", lambda: _answers(partner), 20)
        yield partner


def _answers(partner: Partner) -> bool:
    try:
        return partner.told()["events"] == 0
    except httpx2.HTTPError:
        return False


def _ceiling(url: str, hub: BenchHub) -> float:
    """Return how many events a second the sink's own client posts, signed, made beforehand."""
    bodies = [_body(hub, lane) for lane in range(_LANES)]
    until = time.perf_counter() + _CEILING_S
    posted = [0] * _LANES

    def run(lane: int) -> None:
        connection = Connection(url, 10, None, lambda _address: None)
        signer = Signer.of(SECRET, "bench-partner")
        batch, body = bodies[lane]
        while time.perf_counter() < until:
            signed = signer.headers(message_id(batch, body), int(time.time()), body)
            answer = connection.post(body, {"Content-Type": CONTENT_TYPE, **signed})
            posted[lane] += _BATCH if answer.status == 200 else 0
        connection.close()

    threads = [threading.Thread(target=run, args=(lane,)) for lane in range(_LANES)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(posted) / (time.perf_counter() - began)


def _body(hub: BenchHub, lane: int) -> tuple[Batch, bytes]:
    contract = hub.contract
    columns: pa.RecordBatch = columns_of(contract, range(lane * _BATCH, (lane + 1) * _BATCH))
    batch = Batch(
        feed="p4",
        topic=contract.topic(),
        partition=lane,
        offsets=range(_BATCH),
        sequences=range(1, _BATCH + 1),
        keys=[station.encode() for station in columns.column("station").to_pylist()],
        payloads=[b""] * _BATCH,
        schema=contract.latest().schema,
        decode=lambda: columns,
    )
    return batch, encode(batch, "43")


def _check(told: dict[str, int], load: Load) -> None:
    if (told["distinct"], told["unsigned"]) != (load.events, 0):
        raise BenchError(f"the partner has {told} instead of {load.events} different events")

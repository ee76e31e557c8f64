"""P9: from the water service's acceptance of a reading to an HTTP partner's of its event."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx2
import yaml
from tests.bench.http_partner import SECRET
from tests.bench.process import BenchError, Measured
from tests.bench.report import Other
from tests.bench.service_hub import REGION, ROOT, ServiceHub, service_hub
from tests.support.ports import free_port

NAME = "P9"
_RATE, _BATCH, _SENDERS = 500, 10, 4
_WARM_S, _MEASURED_S = 6.0, 20.0
_P50_TARGET_MS, _P99_TARGET_MS = 60, 250
_SECTIONS, _TIMEOUT_S = 500, 30
_PARTNER, _SECRET_NAME = "52", "bench-partner"
_VALUES = {"w01001": 7.6, "w01009": 8.1, "w01019": 2.42, "w21003": 0.05, "w21011": 0.03}


@dataclass(frozen=True, slots=True)
class Stated:
    """One request: the events it made, when it was sent, and when the service had accepted it."""

    event_ids: Sequence[str]
    sent_ns: int
    accepted_ns: int


@dataclass(frozen=True, slots=True)
class LatencyFigures:
    """Milliseconds until the acknowledgement, and how many events a second there were.

    Targets are of what has passed since the service had accepted; the request itself, which waits
    for others that share its transaction, is told beside it.
    """

    p50_ms: float
    p99_ms: float
    p50_since_stated_ms: float
    p99_since_stated_ms: float
    rate: float
    events: int


def run(home: Path, rounds: int) -> Other:
    """Measure so many times, each with a new hub; the figures are those of the middle, by p99."""
    measured = [_measure(home / f"latency-{number}") for number in range(rounds)]
    middle = sorted(measured, key=lambda each: each.p99_ms)[rounds // 2]
    return Other(NAME, _line(middle), _summary(middle, measured))


def _measure(home: Path) -> LatencyFigures:
    with (
        service_hub(home, "water") as hub,
        hub.serving("registry", "control"),
        hub.serving("water"),
        hub.serving("worker") as worker,
        _partner(home) as url,
    ):
        _agree(hub, url)
        worker.wait("lanes", lambda: _has_lanes(hub), _TIMEOUT_S)
        stated = _state(hub.url("water"))
        wanted = {event_id for each in stated for event_id in each.event_ids}
        worker.wait("delivery", lambda: wanted <= _acknowledged(url).keys(), _TIMEOUT_S)
        return _figures(stated, _acknowledged(url))


@contextmanager
def _partner(home: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.latency_partner", str(port)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    url = f"http://127.0.0.1:{port}/"
    with Measured("the partner", command, environ, home / "partner.log") as process:
        process.wait("answer", lambda: _answers(url), _TIMEOUT_S)
        yield url


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=5).is_success
    except httpx2.HTTPError:
        return False


def _acknowledged(url: str) -> dict[str, int]:
    found: dict[str, int] = httpx2.get(url, timeout=10).json()
    return found


def _agree(hub: ServiceHub, url: str) -> None:
    """Let the partner's region have all samples, by a file as an operator would write it."""
    hub.keep_secret(_SECRET_NAME, SECRET)
    parties = {"here": REGION, "there": _PARTNER}
    document = {
        "region": REGION,
        "partners": [{"id": each, "name": each, "region": parties[each]} for each in parties],
        "agreements": [
            {
                "id": "p9",
                "title": "samples over HTTP",
                "feed": "p9",
                "contract": "water.sample",
                "contract_version": "1.0",
                "provider": {"partner": "here", "region": REGION},
                "recipient": {"partner": "there", "region": _PARTNER},
                "purpose": "to be measured",
                "legal_basis": "none",
                "valid_from": "2020-01-01",
                "valid_until": "2099-12-31",
                "view": {"clearance": {"grade": 1, "kinds": []}, "fields": "all"},
                "delivery": {
                    "connector": "http-sink",
                    "options": {"url": url, "secret": _SECRET_NAME},
                },
            }
        ],
    }
    terms = hub.home / "agreements.yaml"
    terms.write_text(yaml.safe_dump(document), "utf-8")
    hub.lingqu("agreement", "apply", str(terms))


def _has_lanes(hub: ServiceHub) -> bool:
    feeds = httpx2.get(f"{hub.url('worker')}/v1/lanes", timeout=5).json()["feeds"]
    return any(feed["lanes"] for feed in feeds)


def _state(url: str) -> list[Stated]:
    """State readings at the rate of the job, from as many connections as there are senders."""
    pause_s = _BATCH / _RATE
    requests = round((_WARM_S + _MEASURED_S) / pause_s)
    done: list[Stated] = []
    troubles: list[BaseException] = []
    begin = time.monotonic() + 0.2

    def send(first: int) -> None:
        with httpx2.Client(base_url=url, timeout=_TIMEOUT_S) as client:
            for number in range(first, requests, _SENDERS):
                threading.Event().wait(max(0.0, begin + number * pause_s - time.monotonic()))
                done.append(_post(client, number))

    def guarded(first: int) -> None:
        try:
            send(first)
        except Exception as error:  # noqa: BLE001 - told in the thread that waits
            troubles.append(error)

    threads = [threading.Thread(target=guarded, args=(first,)) for first in range(_SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise BenchError(f"stating readings failed: {troubles[0]}") from troubles[0]
    return sorted(done, key=lambda each: each.sent_ns)


def _post(client: httpx2.Client, number: int) -> Stated:
    first = number * _BATCH
    body = [_reading((first + place) % _SECTIONS) for place in range(_BATCH)]
    sent_ns = time.monotonic_ns()
    answer = client.post("/v1/readings", json=body)
    accepted_ns = time.monotonic_ns()
    if not answer.is_success:
        raise BenchError(f"a reading was not accepted: {answer.text[:200]}")
    event_ids = [result["event_id"] for result in answer.json()["results"]]
    return Stated(event_ids, sent_ns, accepted_ns)


def _reading(section: int) -> dict[str, Any]:
    return {
        "section_name": f"示例断面{section:03}",
        "reporting_region": REGION,
        "sampled_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "method": "auto",
        "station_status": "正常",
        "items": [{"code": code, "value": value, "unit": ""} for code, value in _VALUES.items()],
    }


def _figures(stated: Sequence[Stated], acknowledged: dict[str, int]) -> LatencyFigures:
    begin = stated[0].sent_ns + int(_WARM_S * 1e9)
    warm = [each for each in stated if each.sent_ns >= begin]
    since_sent = [acknowledged[e] - each.sent_ns for each in warm for e in each.event_ids]
    since_accepted = [acknowledged[e] - each.accepted_ns for each in warm for e in each.event_ids]
    seconds = (warm[-1].sent_ns - warm[0].sent_ns) / 1e9
    rate = (len(warm) - 1) * _BATCH / seconds
    told = (*_percentiles(since_accepted), *_percentiles(since_sent))
    return LatencyFigures(*told, rate, len(since_sent))


def _percentiles(nanoseconds: Sequence[int]) -> tuple[float, float]:
    hundredths = quantiles(nanoseconds, n=100)
    return round(hundredths[49] / 1e6, 1), round(hundredths[98] / 1e6, 1)


def _line(figures: LatencyFigures) -> str:
    return (
        f"{NAME}  accepted to acknowledged, {_RATE}/s{'':>6}p50 {figures.p50_ms:.0f} ms"
        f" (≤ {_P50_TARGET_MS}), p99 {figures.p99_ms:.0f} ms (≤ {_P99_TARGET_MS}),"
        f" {figures.events:,} events at {figures.rate:,.0f}/s; since the request was sent"
        f" {figures.p50_since_stated_ms:.0f} and {figures.p99_since_stated_ms:.0f} ms"
    )


def _summary(middle: LatencyFigures, measured: Sequence[LatencyFigures]) -> dict[str, Any]:
    return {
        "says": f"POST /v1/readings of {_BATCH}, from its answer until the HTTP partner's",
        **asdict(middle),
        "p50_target_ms": _P50_TARGET_MS,
        "p99_target_ms": _P99_TARGET_MS,
        "rounds": [asdict(each) for each in measured],
    }

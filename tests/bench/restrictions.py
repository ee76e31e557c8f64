"""What subjects are restricted in, asked from a few connections; each answer is checked."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from statistics import quantiles
from urllib.parse import urlsplit

from tests.bench.process import BenchError
from tests.bench.subjects import Subject, known, unknown

P99_TARGET_MS = 20
REQUESTS = 2_000
_CONNECTIONS, _WARM = 4, 200
_UNKNOWN = 0.2


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """Milliseconds from asking until the whole answer was there."""

    p50_ms: float
    p99_ms: float
    requests: int
    subjects: int


def measure(url: str, subjects: int) -> AnswerFigures:
    """Ask for subjects drawn at random; raise where an answer is not what was put in."""
    dice = random.Random(20_260_401)
    asked = [_drawn(dice, subjects) for _ in range(_WARM + REQUESTS)]
    _ask_all(url, asked[:_WARM])
    taken = _ask_all(url, asked[_WARM:])
    hundredths = quantiles(taken, n=100)
    return AnswerFigures(
        round(hundredths[49] * 1e3, 1), round(hundredths[98] * 1e3, 1), len(taken), subjects
    )


def _drawn(dice: random.Random, subjects: int) -> Subject:
    number = dice.randrange(subjects)
    return unknown(number) if dice.random() < _UNKNOWN else known(number)


def _ask_all(url: str, asked: Sequence[Subject]) -> list[float]:
    with ThreadPoolExecutor(_CONNECTIONS) as people:
        shares = [asked[first::_CONNECTIONS] for first in range(_CONNECTIONS)]
        took = people.map(partial(_ask, url), shares)
        return [seconds for share in took for seconds in share]


def _ask(url: str, asked: Sequence[Subject]) -> list[float]:
    """Ask one after the other over one connection; return the seconds of each."""
    where, taken, answers = urlsplit(url), [], []
    connection = HTTPConnection(str(where.hostname), where.port, timeout=30)
    try:
        for each in asked:
            began = time.perf_counter()
            connection.request("GET", f"/v1/subjects/{each.uscc}/restrictions")
            answer = connection.getresponse()
            body = answer.read()
            taken.append(time.perf_counter() - began)
            answers.append((each, answer.status, body))
    finally:
        connection.close()
    for each, status, body in answers:
        _check(each, status, body)
    return taken


def _check(asked: Subject, status: int, body: bytes) -> None:
    if status != 200:
        raise BenchError(f"restrictions of {asked.uscc}: {status} {body[:200]!r}")
    told = json.loads(body)
    found = [
        (one["measure_code"], one["recorded_under"], one["record_id"])
        for one in told["restrictions"]
    ]
    wanted = [(code, asked.uscc, asked.record_id) for code in asked.measures]
    if (told["uscc"], found) != (asked.uscc, wanted):
        raise BenchError(f"restrictions of {asked.uscc} are {found} instead of {wanted}")

"""Settlements cancelled, cleared month by month, reversed late; the sums told by another book."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
from tests.bench.book import Book
from tests.bench.process import BenchError
from tests.bench.settlements import PERIODS, Settled

SECONDS_TARGET = 60
_CANCELLED, _LATE = 0.02, 0.005
_A_CALL, _PAGE = 1_000, 1_000
_TIMEOUT_S = 300
# The month after the last: what is reversed late goes there.
_LAST = "2025-06"


@dataclass(frozen=True, slots=True)
class ClearingFigures:
    """How long the statements took, and what they were made of."""

    seconds: float
    settlements: int
    reversals: int
    statements: int


def measure(url: str, settled: Sequence[Settled]) -> ClearingFigures:
    """Cancel some, state month after month, take some back late; raise where a sum differs."""
    dice = random.Random(20_260_401)
    told = list(settled)
    dice.shuffle(told)
    cancelled, late = (int(len(told) * share) for share in (_CANCELLED, _LATE))
    book, seconds = Book(told), 0.0
    with httpx2.Client(base_url=url, timeout=_TIMEOUT_S) as client:
        _cancel(client, book, told[:cancelled])
        for period in (*PERIODS, _LAST):
            began = time.perf_counter()
            _post(client, "/v1/clearing/statements", {"organisation": "示例", "period": period})
            seconds += time.perf_counter() - began
            book.state(period)
            over = [each for each in told[cancelled:] if each.period == period]
            _cancel(client, book, over[: late // len(PERIODS)])
        found = {_key(each): each for each in _statements(client)}
    book.check(found)
    return ClearingFigures(round(seconds, 2), len(told), book.reversals, len(found))


def _cancel(client: httpx2.Client, book: Book, wanted: Sequence[Settled]) -> None:
    """Cancel settlements in the month in which they were made, as far as that is open still."""
    for first in range(0, len(wanted), _A_CALL):
        some = wanted[first : first + _A_CALL]
        _post(client, "/v1/reversals", [_cancellation(each) for each in some])
        for each in some:
            book.reverse(each)


def _cancellation(settled: Settled) -> dict[str, Any]:
    return {
        "reversal_id": f"R{settled.setl_id}",
        "kind": "cancel",
        "infno": "2305",
        "setl_id": settled.setl_id,
        "reversed_at": f"{settled.period}-28T22:00:00+08:00",
        "reason": "费用录入有误",
    }


def _statements(client: httpx2.Client) -> Iterator[dict[str, Any]]:
    query: dict[str, Any] = {"limit": _PAGE}
    while True:
        answer = client.get("/v1/clearing/statements", params=query)
        answer.raise_for_status()
        page = answer.json()
        yield from page["items"]
        if page["next"] is None:
            return
        query["cursor"] = page["next"]


def _key(statement: dict[str, Any]) -> tuple[str, str, str]:
    return statement["insured_region"], statement["insutype"], statement["period"]


def _post(client: httpx2.Client, path: str, body: Any) -> None:
    answer = client.post(path, json=body)
    if not answer.is_success:
        raise BenchError(f"{path} was not accepted: {answer.text[:300]}")

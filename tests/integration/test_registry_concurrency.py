"""Many writers at two registries on one database, one of them killed: one truth, without gaps."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.support.served import Served, environment
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

WRITERS = 64
SUBJECTS = [f"s{number}-value" for number in range(6)]
TEXTS = [
    json.dumps(
        {
            "type": "record",
            "name": "R",
            "fields": [
                {"name": "a", "type": "int"},
                {"name": f"b{number}", "type": "string", "default": ""},
            ],
        },
        separators=(",", ":"),
    )
    for number in range(10)
]
PAIRS = [(subject, text) for subject in SUBJECTS for text in TEXTS]
SHARE = 12


@dataclass
class Pair:
    """Two registry processes on one database, and the client of all writers."""

    first: Served
    second: Served
    http: httpx2.Client = field(
        default_factory=lambda: httpx2.Client(
            timeout=30, limits=httpx2.Limits(max_connections=2 * WRITERS)
        )
    )

    def ask(self, which: int, method: str, path: str, body: Any = None) -> httpx2.Response:
        served = (self.first, self.second)[which % 2]
        return self.http.request(method, served.url("registry") + path, json=body)

    def register(self, which: int, subject: str, text: str) -> int:
        """Return the id that was acknowledged; who has no answer asks the other one."""
        while True:
            try:
                answer = self.ask(which, "POST", f"/subjects/{subject}/versions", {"schema": text})
            except httpx2.TransportError:
                which += 1
            else:
                assert answer.status_code == 200, answer.text
                return int(answer.json()["id"])


@pytest.fixture
def pair(postgres_url: str, tmp_path: Path) -> Iterator[Pair]:
    contracts = tmp_path / "none"
    contracts.mkdir()
    served = []
    for name in ("first", "second"):
        more = {"LINGQU_REGISTRY_DATABASE_URL": postgres_url}
        environ = environment(tmp_path / name, "43", "127.0.0.1:1", contracts, **more)
        served.append(Served(environ, ("registry",)))
    for one in served:
        one.start()
    found = Pair(served[0], served[1])
    try:
        for one in served:
            one.await_ready()
        yield found
    finally:
        found.http.close()
        for one in served:
            one.kill()


def test_what_many_writers_were_told_is_so_though_one_registry_was_killed(pair: Pair) -> None:
    told: list[tuple[str, str, int]] = []

    def write(writer: int) -> None:
        dice = random.Random(writer)
        mine = PAIRS[writer % len(PAIRS) :: WRITERS] + dice.sample(PAIRS, SHARE)
        for subject, text in mine:
            told.append((subject, text, pair.register(dice.randrange(2), subject, text)))

    with ThreadPoolExecutor(WRITERS) as writers:
        running = [writers.submit(write, number) for number in range(WRITERS)]
        wait_until(lambda: len(told) > WRITERS * SHARE // 4)
        pair.second.kill()
        pair.second.start()
        for one in running:
            one.result()
    pair.second.await_ready()

    ids = {text: number for _, text, number in told}
    assert sorted(ids.values()) == list(range(1, len(TEXTS) + 1))
    assert {ids[text] == number for _, text, number in told} == {True}
    for which in range(2):
        _check(pair, which, ids, {(subject, text) for subject, text, _ in told})


def _check(pair: Pair, which: int, ids: dict[str, int], acknowledged: set[tuple[str, str]]) -> None:
    """Compare what one registry holds with what was acknowledged."""
    for text, number in ids.items():
        assert pair.ask(which, "GET", f"/schemas/ids/{number}").json()["schema"] == text
    held = set()
    for subject in SUBJECTS:
        versions = pair.ask(which, "GET", f"/subjects/{subject}/versions").json()
        assert versions == list(range(1, len(versions) + 1))
        for version in versions:
            one = pair.ask(which, "GET", f"/subjects/{subject}/versions/{version}").json()
            assert one["id"] == ids[one["schema"]]
            held.add((subject, one["schema"]))
    assert held == acknowledged == set(PAIRS)

"""The partner of P9: notes when it acknowledged each event, in a process of its own.

`python -m tests.bench.latency_partner PORT`. `POST /` answers 200; `GET /` tells for each event's
id when that was, in nanoseconds of the machine's monotonic clock.
"""

from __future__ import annotations

import sys
import threading
import time

import orjson
from tests.bench.http_partner import serve


class Times:
    """When each event was acknowledged first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_ns: dict[str, int] = {}

    def take(self, _headers: dict[bytes, bytes], body: bytes) -> None:
        ids = [event["id"] for event in orjson.loads(body)]
        now_ns = time.monotonic_ns()
        with self._lock:
            for event_id in ids:
                self._at_ns.setdefault(event_id, now_ns)

    def told(self) -> bytes:
        with self._lock:
            return orjson.dumps(self._at_ns)


if __name__ == "__main__":
    serve(int(sys.argv[1]), Times())

"""The HTTP partner of a fault run: `python -m …partners.http_partner PORT JOURNAL SEED`.

Its journal has a line for each request: what came, and what the hub can know that was said of it.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from collections import Counter
from pathlib import Path

from tests.faults.partners.journal import line_of
from tests.support.dealings import call_of
from tests.support.moods import Moody
from tests.support.partner import HttpPartner, Reply, Request

_TIMES = 3


def main(port: int, journal: Path, seed: int) -> None:
    """Serve until killed."""
    moody = Moody(seed)
    came: Counter[str] = Counter()
    with journal.open("a", encoding="utf-8", buffering=1) as book:

        def decide(request: Request) -> Reply:
            came[request.ids[0]] += 1
            # A key that waits for its sixth time does so for half an hour: no run would see it.
            reply = moody(request) if came[request.ids[0]] <= _TIMES else Reply()
            digest = hashlib.sha256(request.body).hexdigest()
            book.write(line_of(call_of(request, reply, digest), _wrong(reply)))
            partner.log.clear()  # the journal has it; all bodies in memory would be gigabytes
            return reply

        partner = HttpPartner(decide, port=port)
        with partner.serving():
            threading.Event().wait()


def _wrong(reply: Reply) -> str:
    """Return what kind of trouble an answer is; nothing for one that says what was taken."""
    if reply.silent:
        return "no answer in time"
    if reply.raw == b"":
        return "hangs up"
    if reply.raw is not None:
        return "half an answer, or garbage"
    return "" if reply.status < 300 else str(reply.status)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))

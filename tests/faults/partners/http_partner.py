"""The HTTP partner of a fault run: `python -m …partners.http_partner PORT JOURNAL SEED`.

Its journal has a line for each request: what came, and what the hub can know that was said of it.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from pathlib import Path

from tests.faults.partners.journal import line_of
from tests.support.dealings import call_of
from tests.support.moods import Moody
from tests.support.partner import HttpPartner, Reply, Request


def main(port: int, journal: Path, seed: int) -> None:
    """Serve until killed."""
    moody = Moody(seed)
    with journal.open("a", encoding="utf-8", buffering=1) as book:

        def decide(request: Request) -> Reply:
            reply = moody(request)
            digest = hashlib.sha256(request.body).hexdigest()
            book.write(line_of(call_of(request, reply, digest)))
            partner.log.clear()  # the journal has it; all bodies in memory would be gigabytes
            return reply

        partner = HttpPartner(decide, port=port)
        with partner.serving():
            threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))

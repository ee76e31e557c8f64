"""The relay of a service as a process of its own: `python -m tests.faults.relay URL KAFKA`."""

from __future__ import annotations

import signal
import sys
import threading

from lingqu.kafka.settings import KafkaSettings
from lingqu.metrics import Metrics
from lingqu.outbox.relay import Relay
from lingqu.service.database import make_engine
from lingqu.service.logging import configure

SERVICE = "faults"


def main(database: str, bootstrap: str, region: str) -> None:
    """Publish until SIGTERM."""
    configure(level="INFO")
    stop = threading.Event()
    # From a thread: the main one may hold the event's lock in this very moment.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=stop.set).start())
    kafka = KafkaSettings(bootstrap_servers=bootstrap)
    Relay(make_engine(database), kafka, region, SERVICE, Metrics()).run(stop)


if __name__ == "__main__":
    main(*sys.argv[1:])

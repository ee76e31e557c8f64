"""An outbox watched until it is empty, and its topic read: every event is there, once."""

from __future__ import annotations

import time

from tests.bench import verify
from tests.bench.arrivals import Arrivals
from tests.bench.process import Measured
from tests.bench.service_hub import ServiceHub

from lingqu.contracts.loader import load_catalogue

_PUBLISHED_S = 300


def await_published(hub: ServiceHub, service: Measured, topic: str, events: int) -> float:
    """Return for how long the service still published; so many events are on the topic then."""
    contract, major = load_catalogue(hub.schemas).by_topic(topic)
    arrivals = Arrivals(hub.kafka, topic, contract.partitions)
    schema, found = contract.latest(major).schema, verify.Found()
    began = time.perf_counter()

    def all_there() -> bool:
        nonlocal found
        found = verify.read(hub.kafka, topic, contract.partitions, schema)
        return found.events >= events

    # Each transaction adds a marker to each partition that it wrote to: these are counted, too.
    service.wait("publication", lambda: arrivals.count() >= events, _PUBLISHED_S)
    waited = time.perf_counter() - began
    service.wait("the last events", all_there, _PUBLISHED_S)
    verify.check(topic, found, events)
    return waited

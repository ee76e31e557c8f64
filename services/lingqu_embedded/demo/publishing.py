"""What a demo publishes: good events, some that are refused, and one that nobody can read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lingqu.client import HubClient, RefusedError
from lingqu.contracts.model import Contract
from lingqu.errors import LingquError
from lingqu.kafka.publisher import Publisher
from lingqu.kafka.settings import KafkaSettings
from lingqu.wire.framing import frame
from lingqu_embedded.demo.events import events_until

_BATCH = 200
_WRONG = 3
# No province has this code: an event that claims it speaks for somebody else.
_ELSEWHERE = "99"
# A frame under a known schema id with a body that ends too early: what a faulty producer leaves.
_TRUNCATED = b"\x02"


@dataclass(frozen=True, slots=True)
class Published:
    """What one topic got in this run; `keys` holds each event's key by id, in order."""

    topic: str
    produced: int
    refused: int
    keys: dict[str, str] = field(repr=False)


def publish(
    hub: HubClient,
    kafka: KafkaSettings,
    contract: Contract,
    topic: str,
    origin: str,
    count: int,
    seed: int,
) -> Published:
    """Publish over HTTP, and one broken record past the gateway. Raises LingquError."""
    events = events_until(datetime.now(UTC), contract, origin, count, seed)
    if not events:
        raise LingquError(f"contract {contract.name!r} has no simulation and no examples to play")
    produced = refused = 0
    for first in range(0, len(events), _BATCH):
        answer = hub.gateway.post(f"/v1/topics/{topic}/events", events[first : first + _BATCH])
        produced += answer["accepted"]
        refused += len(answer["refused"])
    refused += _offer_wrong(
        hub, topic, [{**event, "origin": _ELSEWHERE} for event in events[:_WRONG]]
    )
    _publish_broken(hub, kafka, topic)
    keys = {event["event_id"]: contract.key_of(event) for event in events}
    return Published(topic, produced + 1, refused, keys)


def _offer_wrong(hub: HubClient, topic: str, events: list[dict[str, Any]]) -> int:
    """Return how many events of a foreign region the gateway refused."""
    try:
        answer = hub.gateway.post(f"/v1/topics/{topic}/events", events)
    except RefusedError as error:
        return len(error.problem.get("refused", events))
    return len(answer["refused"])


def _publish_broken(hub: HubClient, kafka: KafkaSettings, topic: str) -> None:
    subject = hub.registry.get(f"/subjects/{topic}-value/versions/latest")
    with Publisher(kafka) as publisher:
        publisher.publish(topic, b"broken", frame(subject["id"], _TRUNCATED))

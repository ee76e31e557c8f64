"""Parked events on `lingqu.parked.v1`: a record an event, sealed, gone when it is settled."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

import orjson

from lingqu.errors import PermanentError
from lingqu.kafka.compacted import latest_values
from lingqu.kafka.progress import progress_partition
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import PARKED_TOPIC
from lingqu.sealing import open_under, seal_under
from lingqu_worker.parking import Change, ParkedEvent


@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """A record of `lingqu.parked.v1`; without a value it deletes the one before."""

    key: bytes
    value: bytes | None


class ParkedRecords:
    """The parked events of one lane, all in one partition of the topic.

    The record key is the lane's, then the event key's digest, then the number: a long queue costs
    each event its own record once. Key and body are sealed under the agreement's key.
    """

    def __init__(self, lane_key: bytes, sealing_key: bytes) -> None:
        self._lane_key = lane_key
        self._sealing_key = sealing_key
        self.partition = progress_partition(lane_key)

    def record(self, change: Change) -> ParkedRecord:
        """Return what makes the change durable."""
        name = self._name(change.event)
        return ParkedRecord(name, self._value(change, name.decode()) if change.stays else None)

    def read(self, kafka: KafkaSettings, expected: int) -> list[Change]:
        """Return what is parked. Raises PermanentError unless it is as many as progress says."""
        prefix = self._lane_key + b"|"
        found = latest_values(
            kafka, PARKED_TOPIC, self.partition, lambda key: key.startswith(prefix)
        )
        if len(found) != expected:
            raise PermanentError(
                f"{PARKED_TOPIC} holds {len(found)} parked events of "
                f"{self._lane_key.decode()!r}, and {expected} were parked: going on would lose "
                "events or their order; restore the topic, or give the feed a new id"
            )
        return [self._change(name.decode(), value) for name, value in found.items()]

    def _name(self, event: ParkedEvent) -> bytes:
        shown = b"-" if event.key is None else self._digest(event.key)
        return b"|".join((self._lane_key, shown, str(event.sequence).encode()))

    def _value(self, change: Change, name: str) -> bytes:
        event = change.event
        key = None if event.key is None else seal_under(self._sealing_key, event.key, name)
        return orjson.dumps(
            {
                "v": 1,
                "offset": event.offset,
                "sequence": event.sequence,
                "since_ms": event.since_ms,
                "attempts": change.attempts,
                "not_before_ms": change.not_before_ms,
                "key": key,
                "body": seal_under(self._sealing_key, event.value, name),
            }
        )

    def _change(self, name: str, value: bytes) -> Change:
        said = orjson.loads(value)
        key = said["key"]
        event = ParkedEvent(
            said["offset"],
            said["sequence"],
            None if key is None else open_under(self._sealing_key, key, name),
            open_under(self._sealing_key, said["body"], name),
            said["since_ms"],
        )
        return Change(event, True, said["attempts"], said["not_before_ms"])

    def _digest(self, key: bytes) -> bytes:
        return hmac.digest(self._sealing_key, key, "sha256")[:8].hex().encode()

"""Dead letters: what could not be delivered or admitted, with its reason and a sealed body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from lingqu.clock import Clock
from lingqu.connect.api import Verdict
from lingqu.connect.batch import Batch
from lingqu.errors import Reason
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.letters import letter_digest
from lingqu.kafka.topics import DEAD_LETTER_TOPIC
from lingqu.metrics import Metrics
from lingqu.sealing import seal_under
from lingqu_worker.feed import DeadEvent
from lingqu_worker.metrics import DEAD_LETTERS
from lingqu_worker.records import Records

REFUSED_BY_PARTNER = Reason("rejected", "the partner refused the event without a reason")

# Sealed and in base64 it takes a third more, and the topic takes messages of 2 MiB.
_LARGEST_BODY = 1_400_000


@dataclass(frozen=True, slots=True)
class Letter:
    """One event that ends here; `sequence` is None where it never had one (inbound).

    `said` is what the partner wrote of it, perhaps with values in it.
    """

    topic: str
    partition: int
    offset: int
    sequence: int | None
    key: bytes | None
    payload: bytes | None
    reason: Reason
    said: str | None = None


def dead_letter(records: Records, event: DeadEvent) -> Letter:
    """Return the letter of what the view could not take."""
    return Letter(
        records.topic,
        records.partition,
        records.offsets[event.index],
        event.sequence,
        records.keys[event.index],
        records.values[event.index],
        event.reason,
    )


def rejection(batch: Batch, verdict: Verdict) -> Letter:
    """Return the letter of what the partner rejected."""
    return Letter(
        batch.topic,
        batch.partition,
        batch.offsets[verdict.index],
        batch.sequences[verdict.index],
        batch.keys[verdict.index],
        batch.payloads[verdict.index],
        verdict.reason or REFUSED_BY_PARTNER,
        said=verdict.said,
    )


@dataclass(frozen=True, slots=True)
class Record:
    """A record of `lingqu.dlt.v1`."""

    key: bytes
    value: bytes


class DeadLetters:
    """Writes the dead letters of one feed or inbound connector.

    At least once: a letter is acknowledged before progress moves past its event, so that a crash
    between the two writes it again under the same id; readers keep one of each id. Body, key and a
    partner's own words are sealed: a letter must not show what the view hides. The reason names
    rule and field, no value.
    A body too large for a letter stays where it is, at the letter's topic, partition and offset.
    """

    def __init__(
        self,
        feed: str,
        agreement: str,
        partner: str,
        sealing_key: bytes,
        clock: Clock,
        attempt: int = 1,
    ) -> None:
        self._feed = feed
        self._agreement = agreement
        self._partner = partner
        self.sealing_key = sealing_key
        self._clock = clock
        self._attempt = attempt

    def record(self, letter: Letter) -> Record:
        """Return the letter as a record, keyed by feed."""
        place = f"{letter.topic}|{letter.partition}|{letter.offset}"
        identity, key = f"{self._feed}|{place}|{self._attempt}", letter.key
        payload = None if len(letter.payload or b"") > _LARGEST_BODY else letter.payload
        said = {
            "id": identity,
            "feed": self._feed,
            "agreement": self._agreement,
            "partner": self._partner,
            "topic": letter.topic,
            "partition": letter.partition,
            "offset": letter.offset,
            "sequence": letter.sequence,
            "attempt": self._attempt,
            "reason": {
                "code": letter.reason.code,
                "detail": letter.reason.detail,
                "rule": letter.reason.rule,
                "field": letter.reason.field,
            },
            "at": self._clock.now().isoformat(timespec="milliseconds"),
            "key_digest": None if key is None else letter_digest(self.sealing_key, key),
            "key": self._sealed(key, identity),
            "body": self._sealed(payload, identity),
            "body_bytes": len(letter.payload or b""),
            "said": self._sealed(_encoded(letter.said), identity),
        }
        return Record(self._feed.encode(), orjson.dumps(said))

    def write(self, producer: BulkProducer, letters: Sequence[Letter], metrics: Metrics) -> None:
        """Write letters and return when they are acknowledged."""
        records = map(self.record, letters)
        producer.deliver(DEAD_LETTER_TOPIC, ((record.key, record.value) for record in records))
        self.count(letters, metrics)

    def count(self, letters: Sequence[Letter], metrics: Metrics) -> None:
        """Count letters that are durable, by reason."""
        for letter in letters:
            metrics.inc(DEAD_LETTERS, feed=self._feed, code=letter.reason.code)

    def _sealed(self, plain: bytes | None, identity: str) -> str | None:
        return None if plain is None else seal_under(self.sealing_key, plain, identity)


def _encoded(text: str | None) -> bytes | None:
    return None if text is None else text.encode()

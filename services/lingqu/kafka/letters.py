"""Dead letters on `lingqu.dlt.v1`, as they are searched: everything but what is sealed."""

from __future__ import annotations

import hmac
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import orjson
from confluent_kafka import KafkaError, KafkaException, TopicPartition
from kafka.partitioner.default import murmur2

from lingqu.errors import UnavailableError
from lingqu.kafka import bulk
from lingqu.kafka.fetching import TO_THE_END, arrived, wake
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import DEAD_LETTER_TOPIC

PARTITIONS = 6
QUARANTINE_TRIES = 5
_TIMEOUT_S = 60.0

Event = tuple[str, str, int, int]
_GROUP = "lingqu-letters"


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """One dead letter without its body, key and the partner's words, which stay sealed.

    `tries` is how many letters of the same event there are: each a delivery that failed. One that
    was `redriven` has been delivered since.
    """

    id: str
    feed: str
    agreement: str
    partner: str
    topic: str
    partition: int
    offset: int
    sequence: int | None
    attempt: int
    reason: dict[str, str | None]
    at: str
    key_digest: str | None
    body_bytes: int
    tries: int = 1
    redriven: bool = False

    @property
    def event(self) -> Event:
        """What all letters of one event have in common."""
        return self.feed, self.topic, self.partition, self.offset

    @property
    def at_ms(self) -> int:
        return int(datetime.fromisoformat(self.at).timestamp() * 1000)

    @property
    def quarantined(self) -> bool:
        """Say whether the event has failed so often that only a person lets it go again."""
        return self.tries >= QUARANTINE_TRIES


_STORED = [each for each in fields(StoredLetter) if each.name not in ("tries", "redriven")]


@dataclass(frozen=True, slots=True)
class LetterQuery:
    """What is searched for; None leaves nothing out, `until_ms` is the first moment after.

    `before_attempt` tells what was known before the deliveries of that attempt.
    """

    feed: str | None = None
    partner: str | None = None
    reason: str | None = None
    key_digest: str | None = None
    from_ms: int | None = None
    until_ms: int | None = None
    partition: int | None = None
    ids: Sequence[str] = ()
    before_attempt: int | None = None

    def admits(self, letter: StoredLetter) -> bool:
        wanted = (
            (self.feed, letter.feed),
            (self.partner, letter.partner),
            (self.reason, letter.reason["code"]),
            (self.key_digest, letter.key_digest),
            (self.partition, letter.partition),
        )
        if any(asked is not None and asked != found for asked, found in wanted):
            return False
        if self.ids and letter.id not in self.ids:
            return False
        began = self.from_ms is None or letter.at_ms >= self.from_ms
        return began and (self.until_ms is None or letter.at_ms < self.until_ms)


def find_letters(settings: KafkaSettings, query: LetterQuery) -> list[StoredLetter]:
    """Return the letters that a query means, oldest first, one of each id.

    Reads all that the topic keeps, of one feed where the query names it: what was tried before
    counts. Raises UnavailableError without a broker.
    """
    partitions = range(PARTITIONS) if query.feed is None else [_partition_of(query.feed)]
    letters: dict[str, StoredLetter] = {}
    redriven: dict[Event, int] = {}
    for said in map(orjson.loads, _values(settings, partitions)):
        if query.before_attempt is not None and said["attempt"] >= query.before_attempt:
            continue
        if "redriven" in said:
            for place in said["redriven"]:
                event = (said["feed"], said["topic"], said["partition"], place)
                redriven[event] = max(said["attempt"], redriven.get(event, 0))
        else:
            letters[said["id"]] = _letter(said)
    tries = Counter(letter.event for letter in letters.values())
    newest = {each.event: each.attempt for each in last_of_each(letters.values())}
    found = [
        replace(
            each,
            tries=tries[each.event],
            redriven=redriven.get(each.event, 0) > newest[each.event],
        )
        for each in letters.values()
    ]
    return sorted(filter(query.admits, found), key=lambda letter: (letter.at, letter.id))


def sealed_contents(
    settings: KafkaSettings, feed: str, ids: Collection[str]
) -> dict[str, tuple[str | None, str | None]]:
    """Return key and body of letters of a feed, by id; both as they are sealed, None for none."""
    return {
        said["id"]: (said["key"], said["body"])
        for said in map(orjson.loads, _values(settings, [_partition_of(feed)]))
        if said["id"] in ids
    }


def last_of_each(letters: Iterable[StoredLetter]) -> list[StoredLetter]:
    """Return the newest letter of each event, in the order of partitions and offsets."""
    newest: dict[Event, StoredLetter] = {}
    for letter in letters:
        there = newest.get(letter.event)
        if there is None or letter.attempt > there.attempt:
            newest[letter.event] = letter
    return [newest[event] for event in sorted(newest)]


def letter_digest(sealing_key: bytes, key: bytes) -> str:
    """Return what letters of one record key have in common, without the key."""
    return hmac.digest(sealing_key, key, "sha256")[:8].hex()


def _partition_of(feed: str) -> int:
    return int((murmur2(feed.encode()) & 0x7FFFFFFF) % PARTITIONS)


def redriven_record(
    feed: str, topic: str, partition: int, attempt: int, offsets: Sequence[int]
) -> tuple[bytes, bytes]:
    """Return the record, key and value, that says which events of letters were delivered since."""
    said = {
        "id": f"{feed}|{topic}|{partition}|redriven|{attempt}|{offsets[0]}",
        "feed": feed,
        "topic": topic,
        "partition": partition,
        "attempt": attempt,
        "redriven": list(offsets),
    }
    return feed.encode(), orjson.dumps(said)


def _letter(said: dict[str, Any]) -> StoredLetter:
    return StoredLetter(**{each.name: said[each.name] for each in _STORED})


def _values(settings: KafkaSettings, partitions: Iterable[int]) -> Iterator[bytes]:
    """Yield what is committed by now, of one partition after the other."""
    reader = bulk.consumer(settings, _GROUP, **TO_THE_END, **{"auto.offset.reset": "earliest"})
    try:
        for partition in partitions:
            place = TopicPartition(DEAD_LETTER_TOPIC, partition)
            low, end = reader.get_watermark_offsets(place, timeout=15)
            if end > low:
                reader.assign([TopicPartition(DEAD_LETTER_TOPIC, partition, low)])
                wake(reader, DEAD_LETTER_TOPIC, [partition])
                yield from _read_to(reader)
    except KafkaException as error:
        doing = f"reading {DEAD_LETTER_TOPIC} on {settings.bootstrap_servers}"
        raise bulk.translate(error, doing) from error
    finally:
        reader.close()


def _read_to(reader: Any) -> Iterator[bytes]:
    deadline = time.monotonic() + _TIMEOUT_S
    while time.monotonic() < deadline:
        for message in arrived(reader, 0.1):
            error = message.error()
            if error is None:
                if message.value() is not None:
                    yield message.value()
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - librdkafka's own name
                return
            elif not error.retriable():
                raise KafkaException(error)
    raise UnavailableError(f"{DEAD_LETTER_TOPIC} could not be read to its end within a minute")

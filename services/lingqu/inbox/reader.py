"""The consumer of an inbox: every partition of its topics, from where the database says."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping

from confluent_kafka import KafkaException, Message, TopicPartition

from lingqu.closing import Closing
from lingqu.errors import NotFoundError, PermanentError, RetriableError
from lingqu.inbox.decoding import Raw
from lingqu.inbox.progress import Consumed
from lingqu.kafka import bulk
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Bounds, Topics
from lingqu.wire.header_framing import in_payload

BATCH_EVENTS = 2_000
_WAIT_S = 0.2
_CHECK_EVERY_S = 5.0

Part = tuple[str, int]


class InboxReader(Closing):
    """Reads topics partition by partition, and checks that they are still the same topics.

    An offset means an event of one very topic: a re-created topic, or an offset outside of what is
    kept, stops the reader with what is missing. One that has grown is to be opened anew. Keys have
    moved then, and what their old partition holds may come after: handlers take what was stated
    last, whatever comes first.
    """

    def __init__(self, kafka: KafkaSettings, group: str, service: str) -> None:
        self._kafka = kafka
        self._service = service
        self._topics = Topics(kafka)
        self._consumer = bulk.consumer(kafka, group)
        self._ids: dict[str, str] = {}
        self._partitions: dict[str, int] = {}
        self._checked_at = 0.0

    def close(self) -> None:
        self._topics.close()
        self._consumer.close()

    def open(
        self, topics: Collection[str], progress: Mapping[str, Mapping[int, Consumed]]
    ) -> dict[Part, Consumed]:
        """Begin to read; return where each partition goes on.

        Raises NotFoundError for a topic that is not there, PermanentError for one that is not the
        one the progress speaks of.
        """
        places: dict[Part, Consumed] = {}
        for topic in topics:
            facts = self._topics.facts(topic)
            self._ids[topic] = facts.topic_id
            self._partitions[topic] = facts.partitions
            bounds = self._topics.bounds_of((topic, part) for part in range(facts.partitions))
            for (_, part), kept in bounds.items():
                places[topic, part] = self._place(topic, part, kept, progress[topic].get(part))
        self._consumer.assign(
            [TopicPartition(topic, part, at.next_offset) for (topic, part), at in places.items()]
        )
        self._checked_at = time.monotonic()
        return places

    def read(self) -> dict[str, list[Raw]]:
        """Return the next records by topic, in the order of each partition; empty after a while."""
        self._check_topics()
        try:
            messages = self._consumer.consume(BATCH_EVENTS, _WAIT_S)
        except KafkaException as error:
            raise bulk.translate(error, f"the inbox of {self._service!r}") from error
        found: dict[str, list[Raw]] = {}
        good = list(self._good(messages))
        payloads = in_payload([each.value() for each in good], [each.headers() for each in good])
        for message, payload in zip(good, payloads, strict=True):
            raw = Raw(message.partition(), message.offset(), payload)
            found.setdefault(message.topic(), []).append(raw)
        return found

    def behind(self, places: Mapping[Part, Consumed]) -> dict[str, int]:
        """Return by topic how many records are left, as the client last heard."""
        left = dict.fromkeys(self._ids, 0)
        for (topic, part), place in places.items():
            _, end = self._consumer.get_watermark_offsets(TopicPartition(topic, part), cached=True)
            left[topic] += max(0, end - place.next_offset)
        return left

    def _good(self, messages: Iterable[Message]) -> Iterable[Message]:
        for message in messages:
            error = message.error()
            if error is None:
                yield message
            elif not error.retriable():
                raise bulk.translate(error, f"the inbox of {self._service!r}")

    def _place(self, topic: str, part: int, bounds: Bounds, place: Consumed | None) -> Consumed:
        if place is None:
            return Consumed(self._ids[topic], bounds.oldest)
        where = f"service {self._service!r}, topic {topic!r}, partition {part}"
        if place.topic_id != self._ids[topic]:
            raise _another_topic(self._service, topic)
        if not bounds.oldest <= place.next_offset <= bounds.end:
            raise PermanentError(
                f"{where}: offset {place.next_offset} is not kept any more (there are "
                f"{bounds.oldest} to {bounds.end}), so events were missed; publish them again and "
                "delete the row of lingqu_progress to begin anew"
            )
        return place

    def _check_topics(self) -> None:
        if time.monotonic() - self._checked_at < _CHECK_EVERY_S:
            return
        self._checked_at = time.monotonic()
        shapes = self._topics.shapes(self._ids)
        for topic, known in self._ids.items():
            shape = shapes.get(topic)
            if shape is None:
                raise NotFoundError(f"topic {topic!r} does not exist any more")
            if shape.topic_id != known:
                raise _another_topic(self._service, topic)
            if shape.partitions != self._partitions[topic]:
                raise RetriableError(
                    f"topic {topic!r} has grown to {shape.partitions} partitions; "
                    f"service {self._service!r} begins to read them"
                )


def _another_topic(service: str, topic: str) -> PermanentError:
    return PermanentError(
        f"topic {topic!r} was re-created since service {service!r} last read it: its offsets mean "
        "other events; delete the topic's rows of lingqu_progress to read it from its beginning"
    )

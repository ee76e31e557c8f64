"""The topic a lane reads, and whether what the lane knows of it still holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from lingqu.errors import LingquError, NotFoundError, PermanentError, RetriableError
from lingqu.kafka.progress import Progress
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Bounds, Shape, TopicFacts, Topics
from lingqu_worker.together import Together

SEEN_FOR_S = 0.1
AT_REST_S = 1.0

T = TypeVar("T")


class SharedTopics:
    """One admin connection to a cluster for all lanes; made when first asked for."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka
        self._admin: Topics | None = None
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._seen: dict[str, tuple[float, Shape | None]] = {}
        self.retentions_ms: dict[str, int] = {}
        # The lanes of a worker that starts all ask at once.
        self._facts = Together[str, TopicFacts](
            lambda names: self._ask(lambda admin: admin.facts_of(names))
        )
        self._bounds = Together[tuple[str, int], Bounds](
            lambda places: self._ask(lambda admin: admin.bounds_of(places))
        )

    def facts(self, topic: str) -> TopicFacts:
        found = self._facts.ask(topic)
        if found is None:
            raise self._absent(topic)
        self.retentions_ms[topic] = found.retention_ms
        return found

    def bounds(self, topic: str, partition: int) -> Bounds:
        found = self._bounds.ask((topic, partition))
        if found is None:
            raise self._absent(topic)
        return found

    def recent_shape(self, topic: str, seen_for_s: float) -> Shape:
        """Return the topic's shape as the cluster said no longer ago than that.

        Topics at rest are asked for along with it, so that they are one question a second together.
        """
        with self._looking:
            now = time.monotonic()
            if topic not in self._seen or now - self._seen[topic][0] > seen_for_s:
                resting = {name for name, (at, _) in self._seen.items() if now - at > AT_REST_S / 2}
                found = self._ask(lambda admin: admin.shapes({topic, *resting}))
                for name in (topic, *resting):
                    self._seen[name] = (now, found.get(name))
            shape = self._seen[topic][1]
        if shape is None:
            raise self._absent(topic)
        return shape

    def close(self) -> None:
        with self._lock:
            self._let_go()

    def _absent(self, topic: str) -> NotFoundError:
        return NotFoundError(
            f"topic {topic!r} does not exist on {self._kafka.bootstrap_servers} any more"
        )

    def _ask(self, question: Callable[[Topics], T]) -> T:
        with self._lock:
            if self._admin is None:
                self._admin = Topics(self._kafka)
            try:
                return question(self._admin)
            except LingquError:
                self._let_go()
                raise

    def _let_go(self) -> None:
        admin, self._admin = self._admin, None
        if admin is not None:
            admin.close()


class SourceTopic:
    """The source topic of one feed; a stored offset names an event in this very topic only.

    Another id, another number of partitions, or an offset outside of what is kept stop the lane
    with what is missing: going on would skip or repeat events, and that is for a person to decide.
    """

    def __init__(self, name: str, feed: str, topics: SharedTopics) -> None:
        self.name = name
        self._feed = feed
        self._topics = topics

    def facts(self) -> TopicFacts:
        return self._topics.facts(self.name)

    @property
    def retention_ms(self) -> int | None:
        """How long the topic keeps events, as a lane that opened last heard; None for ever."""
        heard = self._topics.retentions_ms.get(self.name, -1)
        return heard if heard > 0 else None

    def bounds(self, partition: int) -> Bounds:
        return self._topics.bounds(self.name, partition)

    def beginning(self, facts: TopicFacts, partition: int, *, latest: bool = False) -> Progress:
        """Return the progress of a lane that has done nothing yet."""
        bounds = self._topics.bounds(self.name, partition)
        first = bounds.end if latest else bounds.oldest
        return Progress(facts.topic_id, first, partitions=facts.partitions)

    def check_progress(self, progress: Progress, facts: TopicFacts, partition: int) -> None:
        """Raise PermanentError when the progress does not speak of the topic as it is."""
        self._check_id(progress, facts.topic_id)
        self._check_count(progress, facts.partitions)
        self._check_bounds(progress, self._topics.bounds(self.name, partition), partition)

    def check_still(self, progress: Progress, seen_for_s: float = SEEN_FOR_S) -> None:
        """Raise PermanentError when the topic was re-created, RetriableError when it has grown.

        A consumer goes on at its offset in the new topic without a word, and beside keys that have
        moved. The cluster is asked at most every 0.1 s: what is done to a topic and written to it
        within that time is noticed after.
        """
        shape = self._topics.recent_shape(self.name, seen_for_s)
        self._check_id(progress, shape.topic_id)
        if progress.partitions not in (0, shape.partitions):
            raise RetriableError(
                f"topic {self.name!r} has {shape.partitions} partitions now; the lane is opened "
                "anew to find out where keys are"
            )

    def _check_id(self, progress: Progress, topic_id: str) -> None:
        if progress.topic_id != topic_id:
            raise PermanentError(
                f"topic {self.name!r} was re-created since feed {self._feed!r} last read it at "
                f"offset {progress.next_offset}; going on would skip or repeat events: give the "
                "feed a new id, or restore the topic"
            )

    def _check_count(self, progress: Progress, partitions: int) -> None:
        if progress.partitions not in (0, partitions):
            raise PermanentError(
                f"topic {self.name!r} had {progress.partitions} partitions when feed "
                f"{self._feed!r} began and has {partitions} now: keys have moved and order "
                "is lost; give the feed a new id, and grow topics by lingqu topic repartition only"
            )

    def _check_bounds(self, progress: Progress, bounds: Bounds, partition: int) -> None:
        place = f"topic {self.name!r}, partition {partition}"
        following = progress.next_offset
        if following < bounds.oldest:
            raise PermanentError(
                f"{place}: offsets {following} to {bounds.oldest - 1} "
                f"({bounds.oldest - following}) were deleted before feed {self._feed!r} had "
                "delivered them; publish those events again, or give the feed a new id to go on"
            )
        if following > bounds.end:
            raise PermanentError(
                f"{place}: feed {self._feed!r} has read up to offset {following}, and the topic "
                f"ends at {bounds.end}: its tail was lost; restore it, or give the feed a new id"
            )

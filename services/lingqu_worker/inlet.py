"""The inlet: one consumer of one topic that hands each partition's records to its lane."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from itertools import groupby
from typing import Any

from confluent_kafka import (
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from lingqu.kafka import bulk
from lingqu.kafka.fetching import arrived, wake
from lingqu.kafka.settings import KafkaSettings
from lingqu_worker.lag import Behind, Lag
from lingqu_worker.lane_thread import LaneStatus, LaneThread
from lingqu_worker.records import of_messages

logger = logging.getLogger(__name__)

_POLL_TIMEOUT_S = 0.1
_REST_S = 0.5
_STOP_TIMEOUT_S = 15.0
_REJOIN_S = 1.0
_PATIENCE_S = 1.0
_SEEK_TIMEOUT_S = 5.0

# Where a partition stands until its lane says; paused, so nothing is read there. No logical offset:
# one that is looked up while a seek overtakes it is looked up again, and gone to, after the seek.
_UNTIL_SOUGHT = 0

Seek = Callable[[LaneThread, int], None]
MakeLane = Callable[[int, Seek], LaneThread]


class Inlet:
    """Reads a topic as a member of one consumer group; partitions come and go, lanes with them.

    The group only hands out partitions: positions come from the lanes, which know their progress.
    A partition whose lane backs off is paused and polling goes on, so that no neighbour waits. One
    whose lane reads for itself stays paused: the partition is then no more than a seat that exactly
    one worker has.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        topic: str,
        group: str,
        make_lane: MakeLane,
        *,
        instance: str | None = None,
    ) -> None:
        self._kafka = kafka
        self._topic = topic
        self._group = group
        self._make_lane = make_lane
        self._instance = instance
        self._lanes: dict[int, LaneThread] = {}
        self._paused: set[int] = set()
        self._lag = Lag(topic)
        self._behind = Behind()
        self._measured_at = 0.0
        self._seeks: queue.SimpleQueue[tuple[LaneThread, int]] = queue.SimpleQueue()
        self._unmoved_since: float | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"inlet-{group}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask to end: lanes finish the batch in hand, then the group is left."""
        self._stop.set()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def join(self) -> None:
        self._thread.join(_STOP_TIMEOUT_S + 5)

    def statuses(self) -> list[LaneStatus]:
        """Return the lanes' states, by partition."""
        return [lane.status for _, lane in sorted(self._lanes.items())]

    @property
    def lag(self) -> int:
        """How many records of the owned partitions are not dealt with, as last heard."""
        return self._behind.events

    @property
    def oldest_ms(self) -> int | None:
        """When the oldest of those was published that was read; None where none is known of."""
        return self._behind.oldest_ms

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._consume()
            except KafkaException as error:
                logger.warning(
                    "inlet lost its broker", extra={"topic": self._topic, "error": str(error)}
                )
                if error.args[0].code() == KafkaError._FATAL:  # noqa: SLF001 - librdkafka's own name
                    # Another worker has joined under this one's name. Joining under it again would
                    # put that one out in turn, without end; a member without a name harms nobody.
                    self._instance = None
                self._stop.wait(_REJOIN_S)
            except Exception:
                logger.exception("inlet met a defect", extra={"topic": self._topic})
                self._stop.wait(_REJOIN_S)

    def _consume(self) -> None:
        """Be a member of the group until stopped, or until a lane needs the inlet to rejoin."""
        consumer = self._consumer()
        self._unmoved_since = None
        try:
            consumer.subscribe([self._topic], on_assign=self._assigned, on_revoke=self._revoked)
            while not (self._stop.is_set() or self._fenced() or self._unmovable()):
                self._seek_where_asked(consumer)
                self._dispatch(arrived(consumer, self._patience_s()))
                self._hold_back(consumer)
                self._measure_lag(consumer)
        finally:
            self._end_lanes(list(self._lanes))
            consumer.close()

    def _consumer(self) -> Consumer:
        members: dict[str, Any] = {
            "session.timeout.ms": 10_000,
            "heartbeat.interval.ms": 2_000,
            "enable.partition.eof": True,
        }
        if self._instance:
            members["group.instance.id"] = self._instance
        return bulk.consumer(self._kafka, self._group, **members)

    def _patience_s(self) -> float:
        """Return how long to wait for a message: a lane that is not ready may soon ask to seek."""
        lanes = self._lanes.values()
        settled = all(lane.ready or lane.resting or not lane.reads for lane in lanes)
        return _REST_S if settled else _POLL_TIMEOUT_S

    def _fenced(self) -> bool:
        return any(lane.status.state == "fenced" for lane in self._lanes.values())

    def _unmovable(self) -> bool:
        """Say whether a seek was refused for too long: after some errors the client takes none."""
        since = self._unmoved_since
        return since is not None and time.monotonic() - since > _SEEK_TIMEOUT_S

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        places = [TopicPartition(self._topic, p.partition, _UNTIL_SOUGHT) for p in partitions]
        consumer.assign(places)
        consumer.pause(partitions)
        for part in partitions:
            lane = self._make_lane(part.partition, lambda *at: self._seeks.put(at))
            self._lanes[part.partition] = lane
            self._paused.add(part.partition)
            lane.start()

    def _revoked(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._end_lanes([part.partition for part in partitions])
        with contextlib.suppress(KafkaException):
            consumer.unassign()

    def _end_lanes(self, numbers: list[int]) -> None:
        ending = [lane for number in numbers if (lane := self._lanes.pop(number, None))]
        for lane in ending:
            lane.stop()
            self._paused.discard(lane.partition)
        for lane in ending:
            if not lane.join(_STOP_TIMEOUT_S):
                logger.error(
                    "lane still busy; its next owner will fence it",
                    extra={"topic": self._topic, "partition": lane.partition},
                )

    def _seek_where_asked(self, consumer: Consumer) -> None:
        """Leave out what a lane asked for whose partition another one has by now."""
        later: list[tuple[LaneThread, int]] = []
        moved: list[int] = []
        with contextlib.suppress(queue.Empty):
            while True:
                lane, offset = self._seeks.get_nowait()
                if self._lanes.get(lane.partition) is lane:
                    if self._seek(consumer, lane, offset):
                        moved.append(lane.partition)
                    else:
                        later.append((lane, offset))
        wake(consumer, self._topic, moved)
        for asked in later:
            self._seeks.put(asked)
        self._unmoved_since = (self._unmoved_since or time.monotonic()) if later else None

    def _seek(self, consumer: Consumer, lane: LaneThread, offset: int) -> bool:
        """Go where the lane goes on; False while the client has not started the partition yet."""
        at = TopicPartition(self._topic, lane.partition, offset)
        try:
            consumer.seek(at)
            consumer.resume([at])
        except KafkaException as error:
            if error.args[0].code() == KafkaError._STATE:  # noqa: SLF001 - librdkafka's own name
                return False
            raise
        self._paused.discard(lane.partition)
        self._lag.moved(lane.partition)
        lane.accepting = True
        return True

    def _dispatch(self, messages: list[Message]) -> None:
        """Hand every run of one partition to its lane; no line of Python runs per message."""
        failed: list[Message] = []
        if any(map(Message.error, messages)):
            failed = [message for message in messages if message.error() is not None]
            messages = [message for message in messages if message.error() is None]
        for partition, run in groupby(messages, Message.partition):
            lane = self._lanes.get(partition)
            if lane is not None:
                together = list(run)
                self._lag.handed(together)
                lane.offer(of_messages(together, timed=lane.timed))
        for message in failed:  # a partition's end comes with the records before it
            self._heed(message)

    def _heed(self, message: Message) -> None:
        error, lane = message.error(), self._lanes.get(message.partition())
        if error.fatal() or error.code() == KafkaError._FATAL:  # noqa: SLF001
            raise KafkaException(error)
        if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001
            self._lag.ended(message.partition(), message.offset())
            if lane is not None:
                lane.at_end(message.offset())
        elif error.code() == KafkaError._AUTO_OFFSET_RESET and lane is not None:  # noqa: SLF001
            lane.doubt(
                f"topic {self._topic!r}, partition {message.partition()}: offset "
                f"{lane.status.next_offset} is not there; the lane is opened anew to find out why"
            )
        elif not error.retriable():
            logger.warning("consumer", extra={"topic": self._topic, "error": error.str()})

    def _hold_back(self, consumer: Consumer) -> None:
        """Wait a moment for lanes that are behind; pause those that do not move for longer.

        Pausing throws away what the client has fetched ahead, so it is not for the usual case.
        """
        self._wait_for_room()
        resumed: list[int] = []
        for number, lane in self._lanes.items():
            if not lane.reads:
                continue
            part = [TopicPartition(self._topic, number)]
            if (lane.stuck or lane.congested) and number not in self._paused:
                consumer.pause(part)
                self._paused.add(number)
            elif (lane.ready or lane.resting) and not lane.congested and number in self._paused:
                consumer.resume(part)
                self._paused.discard(number)
                resumed.append(number)
        wake(consumer, self._topic, resumed)

    def _wait_for_room(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while any(lane.congested and lane.ready for lane in self._unpaused()):
            if self._stop.wait(0.002) or time.monotonic() > deadline:
                return

    def _unpaused(self) -> list[LaneThread]:
        return [lane for number, lane in self._lanes.items() if number not in self._paused]

    def _measure_lag(self, consumer: Consumer) -> None:
        now = time.monotonic()
        if now - self._measured_at >= 1:
            self._measured_at = now
            reading = [lane.status for lane in self._lanes.values() if lane.reads]
            self._behind = self._lag.of(consumer, reading)

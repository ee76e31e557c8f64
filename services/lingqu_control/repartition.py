"""More partitions for a topic 分区扩容: order per key holds for every feed, none waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from lingqu.errors import ConflictError, InputError, NotFoundError
from lingqu.kafka.compacted import latest_values
from lingqu.kafka.growth import Growth
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import AGREEMENT_TOPIC, Topics
from lingqu_control.growths import growths_of, open_growths, partitions_after
from lingqu_control.hub import Hub
from lingqu_control.orders import open_orders
from lingqu_control.records import Records
from lingqu_control.store import Store
from lingqu_control.tables import AgreementRow, GrowthRow

logger = logging.getLogger(__name__)

MOST_PARTITIONS = 1_000
_WHO = "control"


def begin_growth(
    records: Records, hub: Hub, kafka: KafkaSettings, topic: str, partitions: int, who: str
) -> GrowthRow:
    """Keep that the topic shall grow, and tell its feeds; asking for what is begun changes nothing.

    Raises NotFoundError for a topic of no contract, InputError for a number that is no multiple of
    what there is, ConflictError while another growth or an order of a feed is under way.
    """
    growths = growths_of(records.session, topic)
    there = partitions_after(growths, first_of(hub, topic))
    begun = next((each for each in growths if each.ended_ms is None), None)
    if begun is not None:
        if begun.partitions == partitions:
            return begun
        raise ConflictError(
            f"topic {topic!r} is growing to {begun.partitions} partitions; wait until it has"
        )
    _check_number(topic, there, partitions)
    _check_as_known(kafka, topic, there)
    feeds = [row.agreement.feed for row in records.of_topic(topic)]
    for order in open_orders(records):
        if order.feed_id in feeds:
            raise ConflictError(
                f"order {order.number} of feed {order.feed_id!r} reads topic {topic!r}; wait for"
                f" it, or lingqu feed cancel {order.feed_id} {order.number}"
            )
    row = GrowthRow(topic=topic, partitions=partitions, barrier=None, who=who, at_ms=hub.now_ms())
    records.session.add(row)
    records.session.flush()
    _publish(records, topic)
    return row


class Repartitioning:
    """Takes growths that were begun to their end; may be asked by several threads.

    Each step can be done again, so that a process that dies leaves nothing half done: another round
    does what is missing.
    """

    def __init__(
        self, hub: Hub, store: Store, kafka: KafkaSettings, table: str = AGREEMENT_TOPIC
    ) -> None:
        self._hub = hub
        self._store = store
        self._kafka = kafka
        self._table = table
        self._lock = threading.Lock()

    def go_on(self) -> bool:
        """Do what can be done; say whether nothing is left. Raises UnavailableError."""
        with self._lock:
            with self._store.reading() as session:
                left = [(row.topic, row.partitions) for row in open_growths(session)]
            return all(self._grown(topic, partitions) for topic, partitions in left)

    def _grown(self, topic: str, partitions: int) -> bool:
        with self._store.reading() as session:
            records = Records(session, self._hub, _WHO)
            before = partitions_after(growths_of(session, topic), first_of(self._hub, topic))
            rows = records.of_topic(topic)
            told = {row.id.encode(): records.feed(row.agreement.feed).published for row in rows}
            feeds = [row.agreement.feed for row in self._of_contract(records, rows, topic)]
        if not self._heard(told):
            return False
        region = self._hub.region
        writers = [f"lingqu.{region}.outbox-", *(f"lingqu.{region}.{feed}." for feed in feeds)]
        with Growth(self._kafka) as growth:
            growth.grow(topic, partitions)
            fenced = growth.fence_writers(writers)
            barrier = growth.barrier(topic, before)
        with self._store.writing() as session:
            row = session.get_one(GrowthRow, (topic, partitions))
            row.barrier, row.ended_ms = barrier, self._hub.now_ms()
            session.flush()
            _publish(Records(session, self._hub, _WHO), topic)
        said = {"topic": topic, "partitions": partitions, "barrier": barrier, "fenced": fenced}
        logger.info("topic has grown", extra=said)
        return True

    def _of_contract(
        self, records: Records, rows: Sequence[AgreementRow], topic: str
    ) -> list[AgreementRow]:
        """Return whose lanes may write to the topic: those about any major of its contract."""
        contract, _ = self._hub.catalogue.by_topic(topic)
        others = [contract.topic(major) for major in contract.majors]
        return [*rows, *(row for each in others if each != topic for row in records.of_topic(each))]

    def _heard(self, told: dict[bytes, bytes | None]) -> bool:
        """Say whether the topic of agreements holds what its feeds are to know of the growth."""
        found = latest_values(self._kafka, self._table, 0, told.__contains__)
        return all(found.get(agreement) == state for agreement, state in told.items())


def first_of(hub: Hub, topic: str) -> int:
    """Return with how many partitions the topic began."""
    if topic not in hub.catalogue.topics():
        raise NotFoundError(
            f"no contract has a topic named {topic!r}; lingqu topic list shows those there are"
        )
    return hub.catalogue.by_topic(topic)[0].partitions


def _check_number(topic: str, there: int, partitions: int) -> None:
    if partitions == there:
        raise InputError(f"partitions: topic {topic!r} has {there} already")
    if partitions < there or partitions % there or partitions > MOST_PARTITIONS:
        raise InputError(
            f"partitions: {partitions} is no multiple of the {there} of topic {topic!r}, up to"
            f" {MOST_PARTITIONS}; keys must move to added partitions only: name {2 * there},"
            f" {3 * there} or {4 * there}"
        )


def _check_as_known(kafka: KafkaSettings, topic: str, there: int) -> None:
    with Topics(kafka) as topics:
        found = topics.facts(topic).partitions
    if found != there:
        raise ConflictError(
            f"topic {topic!r} has {found} partitions on Kafka, and {there} are known of: it was"
            " changed otherwise, and order per key is lost already; give its feeds new ids"
        )


def _publish(records: Records, topic: str) -> None:
    for row in records.of_topic(topic):
        records.publish(row.id)

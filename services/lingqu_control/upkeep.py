"""What control sees to by itself: topics that must be there, and terms that end."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Sequence
from typing import get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lingqu.agreements.lifecycle import MOVES
from lingqu.agreements.orders import OrderKind
from lingqu.clock import china_day
from lingqu.kafka.order_reports import read_reports
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import AGREEMENT_TOPIC, Topics, TopicSpec, internal_topics, kept_for
from lingqu.metrics import Metrics
from lingqu.service.trouble import Trouble
from lingqu_control.growths import forget_growths
from lingqu_control.hub import Hub
from lingqu_control.metrics import (
    ANNOUNCED,
    EXPIRED,
    FEEDS_PAUSED,
    ORDERS_OPEN,
    UPKEEP_FAILURES,
    VERSIONS,
)
from lingqu_control.moves import expire_agreements, publish_all
from lingqu_control.orders import open_orders, settle_order
from lingqu_control.quality.keeping import forget
from lingqu_control.records import Records
from lingqu_control.repartition import Repartitioning
from lingqu_control.store import Store
from lingqu_control.tables import AgreementRow, AnnouncedRow, FeedRow

logger = logging.getLogger(__name__)

_WHO = "control"
_EVERY_S = 15.0
_RETRY_S = 2.0


class Upkeep:
    """A loop in a thread: makes topics, ends terms, and tells a new topic all there is.

    Kafka may be away at any time: what is missing is said by `missing` and tried again.
    """

    def __init__(
        self,
        hub: Hub,
        kafka: KafkaSettings,
        store: Store,
        metrics: Metrics,
        repartitioning: Repartitioning,
    ) -> None:
        self._hub = hub
        self._kafka = kafka
        self._store = store
        self._metrics = metrics
        self._repartitioning = repartitioning
        self._trouble = Trouble(logger, "the topics have not been looked at yet")

    def missing(self) -> list[str]:
        """Return in a sentence what is not there; for readiness."""
        trouble = self._trouble.why
        return [] if trouble is None else [trouble]

    def run(self, stop: threading.Event) -> None:
        """Look after everything until `stop` is set."""
        while not stop.is_set():
            try:
                self.round()
            except Exception as error:  # noqa: BLE001 - the edge of the loop: told and counted
                self._metrics.inc(UPKEEP_FAILURES, kind=type(error).__name__)
                self._trouble.met(error, "upkeep failed, will try again")
            else:
                self._trouble.over()
            self._hub.clock.wait(_EVERY_S if self._trouble.why is None else _RETRY_S, stop)

    def round(self) -> None:
        """Do everything once. Raises UnavailableError while Kafka or the database is away."""
        self._expire()
        with Topics(self._kafka) as topics:
            made = topics.ensure([*internal_topics(), *self._contract_topics()])
            self._begin_anew(made)
            self._announce(topics.facts(AGREEMENT_TOPIC).topic_id)
        self._repartitioning.go_on()
        self._settle_orders()

    def _expire(self) -> None:
        with self._store.writing() as session:
            ended = expire_agreements(Records(session, self._hub, _WHO), self._hub)
            self._count(session)
            forget(session, china_day(self._hub.clock.now()))
        if ended:
            self._metrics.inc(EXPIRED, ended)

    def _settle_orders(self) -> None:
        """Hear what the lanes of open orders report, and take those that are done off the topic."""
        with self._store.reading() as session:
            records = Records(session, self._hub, _WHO)
            waiting = {row.feed_id for row in open_orders(records)}
            self._count_orders(records)
        heard = {feed: read_reports(self._kafka, self._hub.region, feed) for feed in waiting}
        if not heard:
            return
        with self._store.writing() as session:
            records = Records(session, self._hub, _WHO)
            for row in open_orders(records):
                settle_order(records, self._hub, row, heard.get(row.feed_id, ()))
            self._count_orders(records)

    def _count_orders(self, records: Records) -> None:
        counted = Counter(row.document["kind"] for row in open_orders(records))
        for kind in get_args(OrderKind):
            self._metrics.set(ORDERS_OPEN, counted[kind], kind=kind)

    def _count(self, session: Session) -> None:
        states = select(AgreementRow.state, func.count()).group_by(AgreementRow.state)
        counted = {row[0]: row[1] for row in session.execute(states)}
        for state in MOVES:
            self._metrics.set(VERSIONS, counted.get(state, 0), state=state)
        paused = select(func.count()).select_from(FeedRow).where(FeedRow.paused)
        self._metrics.set(FEEDS_PAUSED, session.scalar(paused) or 0)

    def _announce(self, topic_id: str) -> None:
        """Tell a topic that was made anew everything, once; its id tells it from the old one."""
        with self._store.writing() as session:
            told = session.get(AnnouncedRow, 1)
            if told is not None and told.topic_id == topic_id:
                return
            published = publish_all(Records(session, self._hub, _WHO))
            session.merge(AnnouncedRow(id=1, topic_id=topic_id))
        if told is not None:
            self._metrics.inc(ANNOUNCED)
            logger.warning("agreement topic was made anew", extra={"agreements": published})

    def _begin_anew(self, made: Sequence[str]) -> None:
        """Forget how topics grew that were made just now: they are others (KIP-516)."""
        if not made:
            return
        with self._store.writing() as session:
            records = Records(session, self._hub, _WHO)
            for topic in forget_growths(session, made):
                for row in records.of_topic(topic):
                    records.publish(row.id)

    def _contract_topics(self) -> list[TopicSpec]:
        return [
            TopicSpec(contract.topic(major), contract.partitions, kept_for(contract.retention_ms))
            for contract in self._hub.catalogue
            for major in contract.majors
        ]

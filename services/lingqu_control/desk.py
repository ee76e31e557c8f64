"""What the endpoints stand on: the hub, its database, and the operator's moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lingqu.agreements.state import StateName
from lingqu_control.answers import (
    AgreementAnswer,
    AgreementDetail,
    FeedAnswer,
    agreement_answer,
    agreement_detail,
    feed_answer,
)
from lingqu_control.hub import Hub
from lingqu_control.moves import move_agreement, pause_feed, restart_feed, stop_feed
from lingqu_control.records import Records
from lingqu_control.store import Store

WHO = "operator"


@dataclass(frozen=True, slots=True)
class Desk:
    """One transaction a call, committed before it returns."""

    hub: Hub
    store: Store

    @contextmanager
    def writing(self) -> Iterator[Records]:
        with self.store.writing() as session:
            yield Records(session, self.hub, WHO)

    @contextmanager
    def reading(self) -> Iterator[Records]:
        with self.store.reading() as session:
            yield Records(session, self.hub, WHO)

    def move(self, agreement_id: str, to: StateName, reason: str | None) -> AgreementAnswer:
        with self.writing() as records:
            row = move_agreement(records, agreement_id, to, reason)
            return agreement_answer(row, records.feed(row.agreement.feed))

    def detail(self, agreement_id: str) -> AgreementDetail:
        with self.reading() as records:
            return agreement_detail(records, agreement_id)

    def feed(self, feed_id: str) -> FeedAnswer:
        with self.reading() as records:
            feed = records.feed(feed_id)
            return feed_answer(feed, records.effective(feed.agreement_id), self.hub)

    def pause(self, feed_id: str, *, paused: bool) -> FeedAnswer:
        with self.writing() as records:
            feed = pause_feed(records, feed_id, self.hub, paused=paused)
            return feed_answer(feed, records.effective(feed.agreement_id), self.hub)

    def stop(self, feed_id: str) -> FeedAnswer:
        with self.writing() as records:
            feed = stop_feed(records, feed_id, self.hub)
            return feed_answer(feed, records.effective(feed.agreement_id), self.hub)

    def restart(self, feed_id: str) -> FeedAnswer:
        with self.writing() as records:
            feed = restart_feed(records, feed_id, self.hub)
            return feed_answer(feed, records.effective(feed.agreement_id), self.hub)

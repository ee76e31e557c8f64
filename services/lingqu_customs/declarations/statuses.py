"""The status of declarations: folded anew, kept, and told on the topic of declarations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lingqu.contracts.envelope import uuid7
from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.admitting import Admitting
from lingqu.domain_service.statements.noun import ENVELOPE, Document
from lingqu.instants import milliseconds
from lingqu.service.bulk_insert import insert_many
from lingqu.service.keys import keys_of, same_key
from lingqu_customs.codes.receipts import ReceiptCodes
from lingqu_customs.declarations.by_key import change_by_key
from lingqu_customs.declarations.known import Known, known_of
from lingqu_customs.declarations.work_items import keep_items
from lingqu_customs.lifecycle.facts import Receipt
from lingqu_customs.lifecycle.fold import Standing
from lingqu_customs.nouns import DECLARATIONS
from lingqu_customs.tables import RECEIPT, STANDING

# All that is told of a declaration which another region declared: its default view.
OF_OTHERS = (
    "declaration_no",
    "document_kind",
    "customs_no",
    "direction",
    "consignment_no",
    "declare_office",
    "entry_exit_office",
    "clearance_mode",
    "declared_at",
    "hs4",
)


@dataclass(frozen=True)
class Told:
    """What to tell of one declaration: a receipt, or its state only."""

    known: Known
    standing: Standing
    receipt: Receipt | None


class Statuses:
    """Folds what is known of declarations and tells what came of it, in the caller's transaction.

    Whoever calls holds the domain's lock, so that nobody folds less than is known.
    """

    def __init__(self, ground: Foundation, codes: ReceiptCodes) -> None:
        contract, major = ground.catalogue.by_topic(DECLARATIONS.topic)
        self._events = ground.events
        self._admitting = Admitting(ground.events, DECLARATIONS.topic, contract.latest(major))
        self._codes = codes
        self._region = ground.settings.region
        self._clock = ground.clock

    def refold(
        self,
        session: Session,
        lanes: Mapping[str, str],
        *,
        heads: Mapping[str, Document] | None = None,
        tell_again: Collection[str] = (),
    ) -> None:
        """Fold declarations, keep their states, and tell receipts that nobody was told.

        `lanes` are the declarations by number, each with the mode in which it was spoken of.
        `tell_again` are those whose state is told even where no receipt is new: what partners have
        last read of them may not show it. `heads` are what was declared, if it is at hand.
        """
        if not lanes:
            return
        known = known_of(session, lanes, heads)
        standings = {number: each.standing(self._codes) for number, each in known.items()}
        now = self._clock.now()
        before = self._keep(session, standings)
        if any(each.receipts or each.steps for each in known.values()):
            keep_items(session, standings, milliseconds(now), lanes)
        told: list[Told] = []
        for number, each in known.items():
            standing = standings[number]
            if each.head is None or each.head["change"] == "withdrawal":
                continue
            told += (Told(each, standing, receipt) for receipt in each.untold)
            own = each.head["origin"] == self._region
            moved = number in tell_again or before.get(number, standing.state) != standing.state
            if own and moved and not each.untold and (each.receipts or each.steps):
                told.append(Told(each, standing, standing.last))
        self._tell(session, told, now, lanes)

    def _keep(self, session: Session, standings: Mapping[str, Standing]) -> dict[str, str]:
        """Keep the states; return those that were kept before."""
        keys = [STANDING.c.declaration_no]
        relation = keys_of(session, keys, {(each,) for each in standings})
        found = select(*keys, STANDING.c.state).join(relation, same_key(keys, relation))
        before = {row.declaration_no: row.state for row in session.execute(found)}
        if before:
            session.execute(
                delete(STANDING)
                .where(STANDING.c.declaration_no.in_(select(relation)))
                .execution_options(synchronize_session=False)
            )
        rows = [
            (number, each.state, each.guaranteed, bool(each.anomalies))
            for number, each in standings.items()
        ]
        insert_many(session, STANDING, [column.name for column in STANDING.columns], rows)
        return before

    def _tell(
        self, session: Session, told: Sequence[Told], now: datetime, lanes: Mapping[str, str]
    ) -> None:
        if not told:
            return
        events = [self._event(each, now) for each in told]
        for event in events:
            event["mode"] = lanes[event["declaration_no"]]
        admitted = self._admitting.admit(events)
        self._events.append_whole(session, DECLARATIONS.topic, admitted)
        first_told = {
            each.receipt.digest: event["event_id"]
            for each, event in zip(told, events, strict=True)
            if each.receipt is not None and each.receipt in each.known.untold
        }
        change_by_key(session, RECEIPT.c.digest, RECEIPT.c.event_id, first_told)

    def _event(self, told: Told, now: datetime) -> Document:
        head, standing = told.known.head, told.standing
        assert head is not None  # noqa: S101 - nothing is told without
        content = _content(head, own=head["origin"] == self._region)
        content |= {
            "statement": "status",
            "state": standing.state,
            "guaranteed": standing.guaranteed,
            "anomaly": bool(standing.anomalies),
            "receipt": told.receipt and told.receipt.document(),
        }
        return content | {
            "event_id": uuid7(now),
            "occurred_at": max(milliseconds(now), head["occurred_at"] + 1),
            "change": "revision",
            "supersedes": head["event_id"],
        }


def _content(head: Document, *, own: bool) -> Document:
    """Return what may be told of the declaration: all of our own, of others' their default view."""
    if own:
        return {name: value for name, value in head.items() if name not in ENVELOPE}
    return {name: head.get(name) for name in OF_OTHERS} | {"source": "customs_notice"}


def lanes_of(events: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the declarations that events speak of: live where one is, for somebody shall look."""
    lanes: dict[str, str] = {}
    for event in events:
        number, mode = event["declaration_no"], event["mode"]
        if mode == "live" or number not in lanes:
            lanes[number] = mode
    return lanes

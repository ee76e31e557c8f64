"""The record of agreements in one transaction, and what is published of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu.agreements.lifecycle import IN_FORCE, check_move
from lingqu.agreements.model import Agreement
from lingqu.agreements.orders import OrderState
from lingqu.agreements.state import AGREEMENT_TOPIC, AgreementState, StateName
from lingqu.contracts.envelope import uuid7
from lingqu.errors import InputError, NotFoundError
from lingqu.outbox import EncodedEvent, append
from lingqu.signing.documents import Signature
from lingqu_control.compiled import compile_state
from lingqu_control.growths import growths_of, members_of, partitions_after
from lingqu_control.hub import Hub
from lingqu_control.plan import effective
from lingqu_control.tables import AgreementRow, FeedRow, OrderRow, SignatureRow, TransitionRow

logger = logging.getLogger(__name__)

_ORDER: TypeAdapter[OrderState] = TypeAdapter(OrderState)


class Records:
    """Reads and writes agreements and feeds; every change of what flows is published with it."""

    def __init__(self, session: Session, hub: Hub, who: str) -> None:
        self.session = session
        self._hub = hub
        self._who = who

    def versions(self, agreement_id: str) -> Sequence[AgreementRow]:
        """Return all versions, oldest first."""
        found = select(AgreementRow).where(AgreementRow.id == agreement_id)
        return self.session.scalars(found.order_by(AgreementRow.version)).all()

    def in_force(self) -> list[Agreement]:
        """Return the agreements under which something flows or may flow again."""
        found = select(AgreementRow).where(AgreementRow.state.in_(IN_FORCE))
        return [row.agreement for row in self.session.scalars(found)]

    def effective(self, agreement_id: str) -> AgreementRow:
        """Return the version that says what flows, or the newest draft where none ever did."""
        there = self.versions(agreement_id)
        if not there:
            known = ", ".join(self.session.scalars(select(AgreementRow.id).distinct())) or "none"
            raise NotFoundError(f"no agreement named {agreement_id!r}; there are: {known}")
        return effective(there) or there[-1]

    def lanes(self, agreement: AgreementRow) -> int:
        """Return how many lanes its feed has: as many as the topic has partitions."""
        contract = self._hub.catalogue.contract(agreement.agreement.contract)
        growths = growths_of(self.session, self.topic(agreement))
        return partitions_after(growths, contract.partitions)

    def topic(self, agreement: AgreementRow) -> str:
        """Return the topic of the contract version that was signed."""
        terms = agreement.agreement
        contract = self._hub.catalogue.contract(terms.contract)
        return contract.topic(contract.version(terms.contract_version).major)

    def of_topic(self, topic: str) -> list[AgreementRow]:
        """Return the agreements about a topic that are or were in force."""
        return self.by_topic().get(topic, [])

    def by_topic(self) -> dict[str, list[AgreementRow]]:
        """Return the agreements that are or were in force, by topic, where there is a contract."""
        found: dict[str, list[AgreementRow]] = {}
        for agreement_id in self.session.scalars(
            select(FeedRow.agreement_id).order_by(FeedRow.id)
        ).all():
            row = effective(self.versions(agreement_id))
            if row is not None:
                with suppress(InputError):
                    found.setdefault(self.topic(row), []).append(row)
        return found

    def feed(self, feed_id: str) -> FeedRow:
        found = self.session.get(FeedRow, feed_id)
        if found is None:
            known = ", ".join(self.session.scalars(select(FeedRow.id))) or "none"
            raise NotFoundError(f"no feed named {feed_id!r}; there are: {known}")
        return found

    def begin(self, row: AgreementRow) -> None:
        """Store a new draft."""
        self.session.add(row)
        self.session.flush()
        self._note(row, None, "draft", None)

    def move(self, row: AgreementRow, to: StateName, reason: str | None = None) -> None:
        """Take one step of the lifecycle, or raise ConflictError."""
        check_move(row.id, row.now, to, reason)
        before, row.state = row.state, to
        self._note(row, before, to, reason)

    def note_signature(
        self, row: AgreementRow, party: str, public_key: str, signature: Signature
    ) -> None:
        self.session.add(
            SignatureRow(
                agreement_id=row.id,
                version=row.version,
                party=party,
                public_key=public_key,
                signature=signature.model_dump(),
            )
        )

    def publish(self, agreement_id: str) -> None:
        """Append the compiled state to the outbox, where the agreement is or was in force."""
        row = effective(self.versions(agreement_id))
        if row is None:
            return
        feed = self.feed(row.agreement.feed)
        feed.published = self._compiled(row, feed).encode()
        event_id = uuid7(self._hub.clock.now())
        append(self.session, AGREEMENT_TOPIC, EncodedEvent(event_id, row.id, feed.published))

    def _compiled(self, row: AgreementRow, feed: FeedRow) -> AgreementState:
        state = self._compile(row, feed)
        found = select(OrderRow).where(OrderRow.feed_id == feed.id, OrderRow.state == "open")
        rows = self.session.scalars(found.order_by(OrderRow.number))
        orders = tuple(_ORDER.validate_python(order.document) for order in rows)
        grown = members_of(growths_of(self.session, state.topic), state.partitions)
        return replace(state, restarts=feed.restarts, orders=orders, **grown)

    def _compile(self, row: AgreementRow, feed: FeedRow) -> AgreementState:
        """Compile; where the contract is gone change the last form, for stopping must succeed."""
        try:
            return compile_state(row, feed, self._hub)
        except InputError as error:
            last = AgreementState.decode(feed.published) if feed.published else None
            if last is None or last.version != row.version:
                raise
            logger.warning(
                "agreement published as last compiled",
                extra={"agreement": row.id, "cause": str(error)},
            )
            return replace(last, state=row.now, paused=feed.paused)

    def _note(
        self, row: AgreementRow, before: str | None, to: StateName, reason: str | None
    ) -> None:
        self.session.add(
            TransitionRow(
                agreement_id=row.id,
                version=row.version,
                at_ms=self._hub.now_ms(),
                who=self._who,
                from_state=before,
                to_state=to,
                reason=reason,
            )
        )

"""What the other parties say of accounts, as it arrives on the topic."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lingqu_water.compensation import messages, store
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.library import Library
from lingqu_water.compensation.lifecycle import state_of
from lingqu_water.compensation.store import Kept

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Takes claims, answers and settlements of the other parties into the accounts' state.

    Events of this hub come back here and are passed over, as are those of agreements that are not
    kept here and of regions that are no party.
    """

    library: Library

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        return messages.known(session, event_ids)

    def handle(self, session: Session, _topic: str, events: Sequence[Mapping[str, Any]]) -> None:
        """Keep what was said, and with it how far the accounts have come."""
        loaded = self.library.all(session)
        touched: dict[tuple[str, str], Agreement] = {}
        for event in {event["event_id"]: event for event in events}.values():
            found = loaded.get(event["agreement_id"])
            if found is not None and self._is_from_another_party(found.agreement, event):
                messages.note(session, messages.message_of(event), event)
                touched[event["agreement_id"], event["period"]] = found.agreement
        for (agreement_id, period), agreement in sorted(touched.items(), key=lambda one: one[0]):
            store.lock(session, agreement_id)
            kept = store.get(session, agreement_id, period)
            if kept is not None:
                renew_state(session, agreement, kept)

    def _is_from_another_party(self, agreement: Agreement, event: Mapping[str, Any]) -> bool:
        origin = event["origin"]
        if origin in agreement.regions:
            return bool(origin != self.library.own_party(agreement))
        logger.warning(
            "statement on an account passed over: its origin is no party",
            extra={"agreement": agreement.id, "event_id": event["event_id"]},
        )
        return False


def renew_state(session: Session, agreement: Agreement, kept: Kept) -> Kept:
    """Return the account in the state that all messages about it come to."""
    said = messages.about(session, *kept.key)
    return store.set_state(session, kept, state_of(said, agreement.regions))

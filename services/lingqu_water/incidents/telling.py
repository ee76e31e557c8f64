"""What a person declares, admitted and appended; a refusal is for that person to mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from lingqu.errors import InputError, Reason
from lingqu.outbox.events import Events


class RefusedDeclarationError(InputError):
    """The contract's rules do not allow what was declared; nothing was told."""

    def __init__(self, topic: str, reason: Reason) -> None:
        place = reason.field or reason.rule or "the event"
        super().__init__(f"{topic} does not allow this at {place}: {reason.detail}")


def tell(session: Session, events: Events, topic: str, row: Mapping[str, Any]) -> str:
    """Append the event in the caller's transaction and return its id.

    Raises RefusedDeclarationError before writing anything; UnavailableError without a registry.
    """
    admitted = events.admit(topic, [row])
    for reason in admitted.refused.values():
        raise RefusedDeclarationError(topic, reason)
    events.append_admitted(session, topic, admitted)
    return admitted.accepted[0].event_id

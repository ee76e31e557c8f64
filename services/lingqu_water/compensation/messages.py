"""What either side has said of an account, as it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lingqu_water.compensation.lifecycle import Message
from lingqu_water.compensation.tables import MESSAGE

_COLUMNS = tuple(MESSAGE.c[name] for name in Message.__dataclass_fields__)


def note(session: Session, message: Message, document: Mapping[str, Any]) -> None:
    """Keep a message with the event that said it."""
    values = {name: getattr(message, name) for name in Message.__dataclass_fields__}
    values["document"] = orjson.dumps(document).decode()
    session.execute(insert(MESSAGE).values(values))


def about(session: Session, agreement_id: str, period: str) -> list[Message]:
    """Return what was said of an account, in order of time."""
    columns = MESSAGE.c
    found = (
        select(*_COLUMNS)
        .where(columns.agreement == agreement_id, columns.period == period)
        .order_by(columns.said_at_ms, columns.event_id)
    )
    return [Message(*row) for row in session.execute(found)]


def documents(session: Session, agreement_id: str, period: str) -> dict[str, dict[str, Any]]:
    """Return the events that said it, by id."""
    columns = MESSAGE.c
    found = select(columns.event_id, columns.document).where(
        columns.agreement == agreement_id, columns.period == period
    )
    return {row.event_id: orjson.loads(row.document) for row in session.execute(found)}


def known(session: Session, event_ids: Sequence[str]) -> set[str]:
    """Return those of the events that are kept already."""
    found = select(MESSAGE.c.event_id).where(MESSAGE.c.event_id.in_(event_ids))
    return set(session.scalars(found))


def message_of(event: Mapping[str, Any]) -> Message:
    """Return an event of `water.compensation` as a message; one taken back claims nothing."""
    return Message(
        event_id=event["event_id"],
        agreement=event["agreement_id"],
        period=event["period"],
        origin=event["origin"],
        state="withdrawn" if event["change"] == "withdrawal" else event["state"],
        refers_to=event.get("refers_to"),
        said_at_ms=event["occurred_at"],
    )

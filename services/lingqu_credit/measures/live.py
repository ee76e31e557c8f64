"""The live measures by subject: kept from records, and asked for by restrictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.noun import Document
from lingqu.service.bulk_insert import insert_many
from lingqu.service.keys import texts_of
from lingqu_credit.records.states import IN_FORCE
from lingqu_credit.tables import MEASURE

_COLUMNS = (
    "record_id",
    "place",
    "uscc",
    "kind",
    "origin",
    "event_id",
    "from_day",
    "until_day",
    "measure",
)
# Made once: building it costs as much as asking.
_IN_FORCE = (
    select(MEASURE)
    .where(
        MEASURE.c.uscc.in_(bindparam("codes", expanding=True)),
        MEASURE.c.from_day <= bindparam("day"),
        or_(MEASURE.c.until_day.is_(None), MEASURE.c.until_day >= bindparam("day")),
    )
    .order_by(MEASURE.c.uscc, MEASURE.c.record_id, MEASURE.c.place)
)


class LiveMeasure(NamedTuple):
    """A measure in force, with the record and event that state it; `measure` is as stated."""

    uscc: str
    kind: str
    record_id: str
    origin: str
    event_id: str
    until_day: int | None
    measure: dict[str, Any]


class LiveMeasures:
    """Keeps the explicit measures of one kind's records that are in force.

    A record without a measure leaves no row, whatever it says; a measure ends with its record's
    last day at the latest.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def follow(self, session: Session, events: Sequence[Document]) -> None:
        """Let the measures be those of the events that stand now."""
        last = {event["record_id"]: event for event in events}
        lift(session, list(last))
        rows = [row for event in last.values() for row in self._rows(event)]
        insert_many(session, MEASURE, _COLUMNS, rows)

    def _rows(self, event: Document) -> Iterator[tuple[object, ...]]:
        stands = event["change"] != "withdrawal" and event["state"] in IN_FORCE
        if not stands or event.get("uscc") is None:
            return
        for place, measure in enumerate(event.get("measures") or ()):
            ends = [each for each in (measure["until"], event.get("max_until")) if each is not None]
            yield (
                event["record_id"],
                place,
                event["uscc"],
                self._kind,
                event["origin"],
                event["event_id"],
                measure["from"],
                min(ends, default=None),
                orjson.dumps(measure).decode(),
            )


def lift(session: Session, record_ids: Sequence[str]) -> int:
    """Delete the measures of these records; return how many there were."""
    if not record_ids:
        return 0
    column, wanted = MEASURE.c.record_id, texts_of(session, record_ids)
    found = session.execute(
        delete(MEASURE)
        .where(column.in_(select(wanted.c.text)))
        .execution_options(synchronize_session=False)
    )
    return int(found.rowcount)  # type: ignore[attr-defined]


def measures_of(session: Session, codes: Sequence[str], day: int) -> list[LiveMeasure]:
    """Return the measures in force on the day against any of the codes."""
    found = session.execute(_IN_FORCE, {"codes": codes, "day": day})
    return [
        LiveMeasure(
            row.uscc,
            row.kind,
            row.record_id,
            row.origin,
            row.event_id,
            row.until_day,
            orjson.loads(row.measure),
        )
        for row in found
    ]

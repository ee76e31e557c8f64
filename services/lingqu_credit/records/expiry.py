"""Records that end by themselves on their last day, told to everybody who has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from lingqu.metrics import Metrics
from lingqu_credit.metrics import ENDED as ENDED_RECORDS
from lingqu_credit.records.records import Records
from lingqu_credit.records.states import ENDED, LIVE

_A_ROUND = 500


class Expiry:
    """Lets our records expire; others' are no longer used from the same day on, told or not."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        records: Mapping[str, Records],
        region: str,
        metrics: Metrics,
    ) -> None:
        self._sessions = sessions
        self._records = records
        self._region = region
        self._metrics = metrics

    def round(self) -> None:
        """End what was to end before today, some hundreds a transaction."""
        for name, records in self._records.items():
            while ended := self._some(records):
                self._metrics.inc(ENDED_RECORDS, ended, kind=name)

    def _some(self, records: Records) -> int:
        columns = records.noun.table.c
        end = columns[records.kind.end]
        due = (
            select(columns.document)
            .where(
                columns.state.in_(LIVE),
                end < records.today(),
                columns.origin == self._region,
                columns.change != "withdrawal",
            )
            .limit(_A_ROUND)
        )
        with self._sessions.begin() as session:
            records.shelf.lock(session)
            found = [orjson.loads(document) for document in session.scalars(due)]
            if found:
                records.expire(session, found)
        return len(found)


def as_of(document: Mapping[str, Any], end: str, today: int) -> dict[str, Any]:
    """Return the record as it stands on a day: past its last day it has expired, told or not."""
    last = document.get(end)
    if document["state"] in ENDED or last is None or last >= today:
        return dict(document)
    ended = {"state": "expired", "end_reason": "expired"}
    return {**document, **ended, **({"measures": []} if "measures" in document else {})}

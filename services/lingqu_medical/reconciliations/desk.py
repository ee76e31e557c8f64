"""Reconciling: our rows told, the other side's answered, the platform's held against ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from lingqu.contracts.envelope import uuid7
from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import ConflictError, ForbiddenError, NotFoundError
from lingqu_medical.journal import Journal
from lingqu_medical.reconciliations.compare import Difference, Row, compare
from lingqu_medical.reconciliations.records import Record, records, totals
from lingqu_medical.reconciliations.scope import Scope, scope_of
from lingqu_medical.reversals.take import Reversals
from lingqu_medical.tables import RECONCILIATION

TOPIC = "medical.reconciliation.v1"
# A row is about 90 bytes as Avro; an event has to stay well below a Kafka record's megabyte.
_ROWS_A_PART = 4_000


class PlatformRow(NamedTuple):
    """A row of the platform's detailed account (3202); the message id where the file has it."""

    insutype: str
    clr_type: str
    row: Row
    msgid: str | None = None


class ReconciliationDesk:
    """Keeps reconciliations of both sides; `journal` is the handler of their topic."""

    def __init__(self, ground: Foundation, reversals: Reversals) -> None:
        self._region = ground.settings.region
        self._clock = ground.clock
        self._reversals = reversals
        self.journal = Journal(ground, TOPIC, RECONCILIATION)

    def state(self, session: Session, scope: Scope, organisation: str | None) -> str:
        """Tell the other side our totals and rows; return the id of the reconciliation."""
        self._check_party(scope)
        found = records(session, scope)
        rows = [record.row._asdict() for record in found]
        head = {**scope.fields(), "step": "stated", "stated_by_org": organisation}
        return self._say(session, head, {"totals": totals(found)}, "rows", rows)

    def answer(self, session: Session, reconciliation_id: str, organisation: str | None) -> str:
        """Answer the other side with every row that differs; return the id of the answer.

        Raises NotFoundError, ForbiddenError for one of our own, and ConflictError while parts of it
        are missing or where it was answered.
        """
        parts = self._parts(session, reconciliation_id)
        first = parts[0]
        if first["origin"] == self._region:
            raise ForbiddenError(
                f"reconciliation {reconciliation_id!r} is ours; the other side answers"
            )
        if self.answers(session, first["event_id"]):
            raise ConflictError(
                f"reconciliation {reconciliation_id!r} was answered; ask for another"
            )
        found = records(session, scope_of(first))
        theirs = [Row(**row) for part in parts for row in part["rows"]]
        differing = compare((record.row for record in found), theirs)
        head = {**scope_of(first).fields(), "step": "answered", "refers_to": first["event_id"]}
        return self._found(session, head, found, differing, organisation)

    def against_platform(
        self, session: Session, scope: Scope, given: Sequence[PlatformRow], organisation: str | None
    ) -> str:
        """Hold our rows against the platform's, and decide the rectifications that waited for it.

        What waits is proved where the platform has no such settlement and disproved where it has;
        it goes on waiting where the platform's rows cannot tell, since they name no messages.
        """
        self._check_party(scope)
        self._reversals.lock(session)
        found = records(session, scope)
        differing = compare((record.row for record in found), (one.row for one in given))
        head = {**scope.fields(), "step": "stated", "source": "platform"}
        platform = [Record(one.insutype, one.clr_type, one.row) for one in given]
        reconciliation = self._found(session, head, platform, differing, organisation)
        if scope.treatment_region == self._region:
            self._decide(session, scope, given, reconciliation)
        return reconciliation

    def answers(self, session: Session, event_id: str) -> list[Document]:
        """Return the parts of all answers to an event."""
        return self.journal.find(session, RECONCILIATION.c.refers_to == event_id)

    def shown(self, session: Session, reconciliation_id: str) -> Document:
        """Return a reconciliation, its parts made one, with the answers to it."""
        parts = self._parts(session, reconciliation_id)
        whole = dict(parts[0])
        whole["rows"] = [row for part in parts for row in part["rows"]]
        whole["differences"] = [one for part in parts for one in part["differences"]]
        answers = self.answers(session, whole["event_id"])
        whole["answers"] = [_answer(each) for each in answers if each["part"] == 1]
        return whole

    def _found(
        self,
        session: Session,
        head: dict[str, Any],
        counted: Iterable[Record],
        differing: Sequence[Difference],
        organisation: str | None,
    ) -> str:
        result = "different" if differing else "matched"
        said = {**head, "result": result, "stated_by_org": organisation}
        said["difference_count"] = len(differing)
        rows = [each.record() for each in differing]
        return self._say(session, said, {"totals": totals(counted)}, "differences", rows)

    def _say(
        self,
        session: Session,
        head: dict[str, Any],
        first: dict[str, Any],
        name: str,
        rows: Sequence[dict[str, Any]],
    ) -> str:
        """Say it in as many parts as its rows need; what `first` holds stands in the first part."""
        reconciliation_id = f"{self._region}-{uuid7(self._clock.now())}"
        starts = range(0, max(len(rows), 1), _ROWS_A_PART)
        parts = [
            {
                "source": "hub",
                "result": None,
                "difference_count": 0,
                "totals": [],
                "rows": [],
                "differences": [],
                **head,
                **(first if start == 0 else {}),
                "reconciliation_id": reconciliation_id,
                "part": number,
                "parts": len(starts),
                name: list(rows[start : start + _ROWS_A_PART]),
            }
            for number, start in enumerate(starts, 1)
        ]
        self.journal.say_all(session, parts)
        return reconciliation_id

    def _decide(
        self, session: Session, scope: Scope, given: Sequence[PlatformRow], reconciliation: str
    ) -> None:
        waiting = self._reversals.waiting(
            session, scope.insured_region, scope.from_ms, scope.until_ms
        )
        there = {one.row.id for one in given if not one.row.refunded}
        there -= {one.row.id for one in given if one.row.refunded}
        messages = {one.msgid for one in given if one.msgid}
        tellable = [one for one in waiting if one["setl_id"] or messages]
        proved = {
            one["reversal_id"]
            for one in tellable
            if one["setl_id"] not in there and one["original_msgid"] not in messages
        }
        if tellable:
            self._reversals.decide(session, tellable, proved, reconciliation)

    def _parts(self, session: Session, reconciliation_id: str) -> list[Document]:
        found = self.journal.find(session, RECONCILIATION.c.reconciliation_id == reconciliation_id)
        if not found:
            raise NotFoundError(
                f"there is no reconciliation {reconciliation_id!r}; GET /v1/reconciliations lists "
                "those there are"
            )
        if len(found) < found[0]["parts"]:
            raise ConflictError(
                f"{len(found)} of {found[0]['parts']} parts of reconciliation "
                f"{reconciliation_id!r} have arrived; wait for the rest"
            )
        return sorted(found, key=lambda part: int(part["part"]))

    def _check_party(self, scope: Scope) -> None:
        scope.check()
        if self._region not in {scope.treatment_region, scope.insured_region}:
            raise ForbiddenError(
                f"province {self._region} is neither the place of insurance nor that of treatment"
            )


def _answer(event: Document) -> Document:
    told = ("reconciliation_id", "event_id", "origin", "result", "difference_count", "occurred_at")
    return {name: event[name] for name in told}

"""Taking reversals, and deciding those that wait when a reconciliation has proved them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu.clock import china_day
from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.declarations import Declarations, Taken
from lingqu.domain_service.statements.noun import ENVELOPE, Document
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.errors import Reason
from lingqu.instants import days, milliseconds
from lingqu_medical.clearing.stated import stated_periods
from lingqu_medical.lookup import documents_by
from lingqu_medical.nouns import REVERSALS
from lingqu_medical.reversals.lifecycle import WAITING, check_move
from lingqu_medical.reversals.prepare import Original, new_reversal, restated, taken_back
from lingqu_medical.tables import REVERSAL, SETTLEMENT


class Reversals:
    """Takes this province's cancellations and rectifications; `shelf` takes over the others'."""

    def __init__(self, ground: Foundation, settlements: Shelf) -> None:
        self._declared = Declarations.on(ground, REVERSALS)
        self._region = ground.settings.region
        self._clock = ground.clock
        self._settlements = settlements
        self.shelf = self._declared.shelf

    def take(
        self, session: Session, statements: Sequence[Document], *, mode: str = "live"
    ) -> Taken:
        """Take reversals without amounts and period: both follow from what they undo."""
        self.lock(session)
        keys = {(self._region, one["reversal_id"]) for one in statements}
        known = self.shelf.documents(session, keys)
        seen = {each["reversal_id"]: _told(each) for each in known.values()}
        originals = self._originals(session, statements)

        def prepare(given: Document) -> Document | Reason:
            stands = seen.get(given["reversal_id"])
            if stands is not None:
                return restated(given, stands)
            original = originals(given)
            ready = new_reversal(given, original, self._region)
            if not isinstance(ready, Reason):
                seen[given["reversal_id"]] = ready
                originals.note(ready)
            return ready

        return self._declared.take(session, [prepare(each) for each in statements], mode=mode)

    def waiting(
        self, session: Session, insured_region: str, from_ms: int, until_ms: int
    ) -> list[Document]:
        """Return our rectifications that wait, of calls made in a stretch of time."""
        columns = REVERSAL.c
        found = session.scalars(
            select(columns.document)
            .where(
                columns.treatment_region == self._region,
                columns.insured_region == insured_region,
                columns.kind == "rectify",
                columns.state.in_(WAITING),
            )
            .order_by(columns.reversal_id)
        )
        waiting: list[Document] = [orjson.loads(document) for document in found]
        return [one for one in waiting if from_ms <= _called_at(one) < until_ms]

    def decide(
        self, session: Session, waiting: Sequence[Document], proved: set[str], reconciliation: str
    ) -> Taken:
        """Let waiting rectifications be proved, those whose id is given, or disproved.

        A proved one takes its settlement back, where there is one, in the period of today.
        """
        self.lock(session)
        now = self._clock.now()
        originals = self._originals(session, waiting)
        decided: list[Document] = []
        for one in waiting:
            state = "proved" if one["reversal_id"] in proved else "disproved"
            check_move(one["reversal_id"], one["state"], state)
            back = taken_back(originals(one), milliseconds(now))
            decided.append(
                {
                    **_told(one),
                    **(back if state == "proved" else {}),
                    "state": state,
                    "proved_by": reconciliation,
                    "proved_on": days(china_day(now)),
                }
            )
            originals.note(decided[-1])
        return self._declared.take(session, decided)

    def lock(self, session: Session) -> None:
        """Let nothing else enter a clearing period meanwhile: no settlement either."""
        self.shelf.lock(session)

    def _originals(self, session: Session, statements: Sequence[Mapping[str, Any]]) -> _Originals:
        return _Originals(session, statements, self._region, self._settlements)


class _Originals:
    """The settlements that a batch undoes, and what has undone them so far."""

    def __init__(
        self,
        session: Session,
        statements: Sequence[Mapping[str, Any]],
        region: str,
        settlements: Shelf,
    ) -> None:
        keys = {(region, one["setl_id"]) for one in statements if one.get("setl_id")}
        messages = {one["original_msgid"] for one in statements if one.get("original_msgid")}
        known = settlements.documents(session, keys)
        ours = SETTLEMENT.c.treatment_region == region
        self._by_id = {each["setl_id"]: each for each in known.values()}
        self._by_message = documents_by(session, SETTLEMENT.c.msgid, messages, ours)
        wanted = {*self._by_id, *(each["setl_id"] for each in self._by_message.values())}
        columns = REVERSAL.c
        taken_back = columns.treatment_region == region, columns.period.is_not(None)
        found = documents_by(session, columns.setl_id, wanted, *taken_back)
        self._reversed = {name: each["reversal_id"] for name, each in found.items()}
        self._stated = stated_periods(session, region)

    def __call__(self, given: Mapping[str, Any]) -> Original:
        settlement = self._by_id.get(given.get("setl_id") or "")
        settlement = settlement or self._by_message.get(given.get("original_msgid") or "")
        if settlement is None:
            return Original(None, None, set())
        by = self._reversed.get(settlement["setl_id"])
        fund = settlement["insured_region"], settlement["insutype"]
        return Original(settlement, by, self._stated.get(fund, set()))

    def note(self, reversal: Mapping[str, Any]) -> None:
        """Remember that one of the batch has taken its settlement back."""
        if reversal.get("period") is not None and reversal.get("setl_id"):
            self._reversed.setdefault(reversal["setl_id"], reversal["reversal_id"])


def _told(reversal: Mapping[str, Any]) -> Document:
    """Return what a reversal says, without its envelope."""
    return {name: value for name, value in reversal.items() if name not in ENVELOPE}


def _called_at(reversal: Mapping[str, Any]) -> int:
    """Return when the call was made whose outcome is unknown."""
    at: int = reversal.get("settled_at") or reversal["reversed_at"]
    return at

"""Taking filings: an ended one stays as it is, and one whose last day has passed expires."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu.clock import china_day
from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.declarations import Declarations, Taken
from lingqu.domain_service.statements.noun import ENVELOPE, Document
from lingqu.errors import Reason
from lingqu.instants import days
from lingqu_medical.filings.lifecycle import is_over, may_become
from lingqu_medical.nouns import FILINGS
from lingqu_medical.refusing import refused
from lingqu_medical.tables import FILING

_MOST = 1_000


class Filings:
    """Takes this province's people's filings; `shelf` takes over other provinces'."""

    def __init__(self, ground: Foundation) -> None:
        self._declared = Declarations.on(ground, FILINGS)
        self._region = ground.settings.region
        self._clock = ground.clock
        self.shelf = self._declared.shelf

    def take(
        self, session: Session, statements: Sequence[Document], *, mode: str = "live"
    ) -> Taken:
        """Take filings, in the caller's transaction; refused are those that ended before."""
        self.shelf.lock(session)
        keys = {(self._region, one["filing_id"]) for one in statements}
        known = self.shelf.documents(session, keys)
        seen = {each["filing_id"]: each for each in known.values()}

        def prepare(given: Document) -> Document | Reason:
            filing = {"state": "valid", "effective_until": None, "psn_no": None, **given}
            before = seen.get(filing["filing_id"])
            if before is not None and not _says_the_same(before, filing):
                state, wanted = before["state"], filing["state"]
                if not may_become(state, wanted):
                    return refused(
                        "state",
                        f"备案已是 {state},不能再改为 {wanted},请另行备案",
                        f"This filing is {state} and never becomes {wanted}; file anew "
                        "under another id",
                    )
            seen[filing["filing_id"]] = filing
            return filing

        return self._declared.take(session, [prepare(each) for each in statements], mode=mode)

    def expire(self, session: Session) -> int:
        """State that our valid filings whose last day has passed expired; return how many.

        What was filled in later expires as history, too.
        """
        today = days(china_day(self._clock.now()))
        columns = FILING.c
        found = session.scalars(
            select(columns.document)
            .where(
                columns.origin == self._region,
                columns.state == "valid",
                columns.effective_until < today,
            )
            .order_by(columns.filing_id)
            .limit(_MOST)
        )
        filings: list[Document] = [orjson.loads(document) for document in found]
        over: dict[str, list[Document]] = defaultdict(list)
        for each in filings:
            if is_over(each, today):
                over[each["mode"]].append(_told(each) | {"state": "expired"})
        taken = (self.take(session, told, mode=mode) for mode, told in over.items())
        return sum(len(each.outcomes) for each in taken)


def _told(filing: Mapping[str, object]) -> Document:
    return {name: value for name, value in filing.items() if name not in ENVELOPE}


def _says_the_same(before: Mapping[str, object], filing: Mapping[str, object]) -> bool:
    told = {name: value for name, value in _told(before).items() if value is not None}
    return told == {name: value for name, value in filing.items() if value is not None}

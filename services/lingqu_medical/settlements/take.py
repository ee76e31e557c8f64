"""Taking settlements: each by itself, stamped and judged, with what follows for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.declarations import Declarations, Taken
from lingqu.domain_service.statements.noun import Document, Key
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.errors import Reason
from lingqu_medical.clearing.stated import stated_periods
from lingqu_medical.codes.code_sets import CodeSets
from lingqu_medical.filings.benefit import Benefits
from lingqu_medical.identities.profile import Balance
from lingqu_medical.nouns import FILINGS, SETTLEMENTS
from lingqu_medical.personal import still_told
from lingqu_medical.settlements.stamp import changes_what_clears, filled, refusal, stamped

_HELD = (
    "held back from clearing, for they do not balance: {count} settlements; "
    "lingqu medical held lists them"
)


class Settlements:
    """Takes this province's settlements of other provinces' people; `shelf` takes over theirs."""

    def __init__(
        self,
        ground: Foundation,
        codes: CodeSets,
        balance: Balance,
        benefits: Benefits,
        personal: frozenset[str],
    ) -> None:
        self._declared = Declarations.on(ground, SETTLEMENTS)
        self._region = ground.settings.region
        self._codes = codes
        self._balance = balance
        self._benefits = benefits
        self._personal = personal
        self._filings = Shelf(FILINGS)
        self.shelf = self._declared.shelf

    def take(
        self, session: Session, statements: Sequence[Document], *, mode: str = "live"
    ) -> Taken:
        """Take settlements without period and verdict, in the caller's transaction.

        Refused are those that change what was settled under their id; see `Declarations.take`.
        What does not balance is taken, held back, and noted.
        """
        self.shelf.lock(session)
        given = [filled(each) for each in statements]
        known = self.shelf.documents(session, {(self._region, each["setl_id"]) for each in given})
        seen = {each["setl_id"]: each for each in known.values()}
        named = {_filing_key(each) for each in given if each.get("filing_id")}
        filings = self._filings.documents(session, named)
        stated = stated_periods(session, self._region)

        def prepare(given: Document) -> Document | Reason:
            reason = refusal(given, self._region, self._codes)
            if reason is not None:
                return reason
            before = seen.get(given["setl_id"])
            settlement = still_told(given, before, self._personal)
            periods = stated.get((settlement["insured_region"], settlement["insutype"]), set())
            ready = stamped(settlement, before, periods, self._balance)
            ready["benefit_type"] = ready["benefit_type"] or self._benefit(ready, filings)
            reason = None if before is None else changes_what_clears(ready, before)
            if reason is None:
                seen[ready["setl_id"]] = ready
            return reason or ready

        prepared = [prepare(each) for each in given]
        taken = self._declared.take(session, prepared, mode=mode)
        return replace(taken, noted={_HELD: _count_held(prepared, taken)})

    def _benefit(self, settlement: Document, filings: Mapping[Key, Document]) -> str | None:
        filing = filings.get(_filing_key(settlement))
        if filing is None:
            return None
        return self._benefits.type_at([filing], settlement["setl_time"])


def _count_held(prepared: Sequence[Document | Reason], taken: Taken) -> int:
    stated = zip(prepared, taken.event_ids, strict=True)
    standing = (each for each, event_id in stated if event_id and not isinstance(each, Reason))
    return len({each["setl_id"] for each in standing if each["held"]})


def _filing_key(settlement: Document) -> Key:
    return settlement["insured_region"], settlement.get("filing_id") or ""

"""Settlements with records inside taken apart from those without, which are admitted by columns."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lingqu.domain_service.statements.declarations import Declarations, Taken
from lingqu.domain_service.statements.noun import Document
from lingqu.domain_service.statements.planning import Outcome
from lingqu.errors import Reason


def take_apart(
    declared: Declarations, session: Session, prepared: Sequence[Document | Reason], mode: str
) -> Taken:
    """Take a batch as `Declarations.take` does, in a third of the time where few hold records.

    One settlement that is flagged, or lists its funds, would let all of its batch go row by row.
    """
    whole = {place for place, each in enumerate(prepared) if _holds_records(each)}
    outcomes: list[Outcome] = ["refused"] * len(prepared)
    event_ids: list[str | None] = [None] * len(prepared)
    refused: dict[int, Reason] = {}
    for places in (sorted(set(range(len(prepared))) - whole), sorted(whole)):
        if not places:
            continue
        taken = declared.take(session, [prepared[place] for place in places], mode=mode)
        for row, place in enumerate(places):
            outcomes[place], event_ids[place] = taken.outcomes[row], taken.event_ids[row]
        refused |= {places[row]: reason for row, reason in taken.refused.items()}
    return Taken(outcomes, event_ids, refused)


def _holds_records(prepared: Document | Reason) -> bool:
    return isinstance(prepared, dict) and bool(prepared["details"] or prepared["violations"])

"""A batch prepared before it is taken: what cannot be stated is refused beside the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from lingqu.domain_service.statements.declarations import Declarations, Taken
from lingqu.domain_service.statements.noun import Document
from lingqu.domain_service.statements.planning import Outcome
from lingqu.errors import Reason

Prepare = Callable[[Document], Document | Reason]


def take_prepared(
    declared: Declarations,
    session: Session,
    given: Sequence[Document],
    prepare: Prepare,
    mode: str,
) -> Taken:
    """Take what `prepare` returns of each statement; a Reason refuses that statement alone."""
    refused: dict[int, Reason] = {}
    ready: dict[int, Document] = {}
    for place, each in enumerate(given):
        prepared = prepare(each)
        if isinstance(prepared, Reason):
            refused[place] = prepared
        else:
            ready[place] = prepared
    taken = declared.take(session, list(ready.values()), mode=mode)
    places = list(ready)
    outcomes: list[Outcome] = ["refused"] * len(given)
    event_ids: list[str | None] = [None] * len(given)
    for row, place in enumerate(places):
        outcomes[place], event_ids[place] = taken.outcomes[row], taken.event_ids[row]
    refused |= {places[row]: reason for row, reason in taken.refused.items()}
    return Taken(outcomes, event_ids, refused)

"""Changes of identity as they are kept, and who a code stands for."""

from __future__ import annotations

from typing import Any, Final

import orjson
from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.orm import Session

from lingqu.domain_service.statements.noun import Noun
from lingqu.instants import day_at
from lingqu_credit.subjects.lineage import Change, Identity, Lineage
from lingqu_credit.tables import SUBJECT_CHANGE

_MOST_HOPS = 20
_CODES: Final[BindParameter[list[str]]] = bindparam("codes", expanding=True)
# Made once: building it costs as much as asking.
_AROUND = select(SUBJECT_CHANGE.c.document).where(
    SUBJECT_CHANGE.c.change != "withdrawal",
    or_(SUBJECT_CHANGE.c.uscc.in_(_CODES), SUBJECT_CHANGE.c.successor_uscc.in_(_CODES)),
)

SUBJECT: Final = Noun(
    name="subject",
    topic="credit.subject.v1",
    table=SUBJECT_CHANGE,
    key=("change_id",),
    emptied={"subject_name": "", "former_name": None},
    reason="note",
    days=("effective_on",),
)


def identity_of(session: Session, uscc: str, day: int) -> Identity:
    """Return who the code stands for on the day; a former code stands for the subject's last one.

    One look at an index where nothing was ever changed.
    """
    changes = _changes_around(session, uscc)
    if not changes:
        return Identity(uscc)
    lineage = Lineage(changes.values(), day_at(day))
    identity, seen = lineage.identity(uscc), {uscc}
    while (newer := _new_code(changes, identity)) is not None and newer not in seen:
        seen.add(newer)
        identity = lineage.identity(newer)
    return identity


def _new_code(changes: dict[str, Change], identity: Identity) -> str | None:
    """Return the code that the same subject has now; one that was absorbed has none."""
    if identity.successor is None:
        return None
    passed = {
        each.successor_uscc
        for each in changes.values()
        if each.uscc == identity.uscc and each.subject_event == "uscc_changed"
    }
    return identity.successor if identity.successor in passed else None


def _changes_around(session: Session, uscc: str) -> dict[str, Change]:
    """Return all changes of the codes that hang together with this one."""
    found: dict[str, Change] = {}
    codes, fresh = {uscc}, {uscc}
    for _ in range(_MOST_HOPS):
        rows = session.scalars(_AROUND, {"codes": sorted(fresh)})
        changes = [_change(orjson.loads(document)) for document in rows]
        found |= {each.change_id: each for each in changes}
        ends = {code for each in changes for code in (each.uscc, each.successor_uscc) if code}
        fresh = ends - codes
        codes |= fresh
        if not fresh:
            break
    return found


def _change(document: dict[str, Any]) -> Change:
    return Change(
        document["change_id"],
        document["uscc"],
        document["subject_event"],
        day_at(document["effective_on"]),
        document.get("subject_name") or "",
        document.get("former_name"),
        document.get("successor_uscc"),
    )

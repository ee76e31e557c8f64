"""What somebody should look into: facts that did not follow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, insert, select, tuple_, update
from sqlalchemy.orm import Session

from lingqu.errors import ConflictError, NotFoundError
from lingqu.service.keys import keys_of, same_key
from lingqu_customs.declarations.by_key import change_by_key
from lingqu_customs.lifecycle.fold import Anomaly, Standing
from lingqu_customs.tables import WORK_ITEM

OPEN, HANDLED, EXPLAINED = "open", "handled", "explained"

_ITEM = WORK_ITEM.c
_BACK_FILLED: Mapping[str, Any] = MappingProxyType({"state": HANDLED, "note": "历史补录"})


class _There(NamedTuple):
    """An item that is kept, as far as it can change."""

    state: str
    sentence: str


class UnknownWorkItemError(NotFoundError):
    """There is no work item of that id."""

    def __init__(self, item_id: str) -> None:
        super().__init__(
            f"there is no work item {item_id!r}; GET /v1/work-items lists those there are"
        )


def item_id(declaration_no: str, anomaly: Anomaly) -> str:
    """Return the id that the work item about this fact always has."""
    told = f"{declaration_no}|{anomaly.digest}".encode()
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def keep_items(
    session: Session, standings: Mapping[str, Standing], now_ms: int, lanes: Mapping[str, str]
) -> None:
    """Open items for what does not follow, and explain those that follow by now.

    What an open one says is what all that is known comes to. What is back-filled is long past: the
    items of declarations in its lane are there, and closed.
    """
    there = _items_of(session, standings)
    wanted = {
        item_id(number, anomaly): (number, anomaly.sentence)
        for number, standing in standings.items()
        for anomaly in standing.anomalies
    }
    new = wanted.keys() - there.keys()
    rows = [_new(each, *wanted[each], now_ms, lanes[wanted[each][0]]) for each in sorted(new)]
    if rows:
        session.execute(insert(WORK_ITEM), rows)
    explained = [each for each, row in there.items() if row.state == OPEN and each not in wanted]
    _set(session, explained, {"state": EXPLAINED, "closed_at_ms": now_ms})
    standing = [each for each in wanted.keys() & there.keys() if there[each].state != HANDLED]
    again = [each for each in standing if there[each].state == EXPLAINED]
    _set(session, again, {"state": OPEN, "closed_at_ms": None})
    now = {each: wanted[each][1] for each in standing}
    other = {each: said for each, said in now.items() if said != there[each].sentence}
    change_by_key(session, _ITEM.item_id, _ITEM.sentence, other)


def close_item(session: Session, wanted: str, note: str, now_ms: int) -> Row[Any]:
    """Close an open item with a note. Raises UnknownWorkItemError and ConflictError."""
    found = session.execute(
        select(WORK_ITEM).where(_ITEM.item_id == wanted).with_for_update()
    ).one_or_none()
    if found is None:
        raise UnknownWorkItemError(wanted)
    if found.state != OPEN:
        raise ConflictError(f"work item {wanted} is {found.state} already; nothing to close")
    _set(session, [wanted], {"state": HANDLED, "closed_at_ms": now_ms, "note": note})
    return session.execute(select(WORK_ITEM).where(_ITEM.item_id == wanted)).one()


def items_page(
    session: Session,
    conditions: Iterable[ColumnElement[bool]],
    after: tuple[int | str, ...] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Return so many items, the oldest first, after that place."""
    place = _ITEM.opened_at_ms, _ITEM.item_id
    statement = select(WORK_ITEM).where(*conditions)
    if after is not None:
        statement = statement.where(tuple_(*place) > tuple_(*after))
    return session.execute(statement.order_by(*place).limit(limit)).all()


def _items_of(session: Session, numbers: Iterable[str]) -> dict[str, _There]:
    keys = [_ITEM.declaration_no]
    relation = keys_of(session, keys, {(each,) for each in numbers})
    told = select(_ITEM.item_id, _ITEM.state, _ITEM.sentence)
    found = session.execute(told.join(relation, same_key(keys, relation)))
    return {row.item_id: _There(row.state, row.sentence) for row in found}


def _new(key: str, declaration_no: str, sentence: str, now_ms: int, lane: str) -> dict[str, Any]:
    waits = {"state": OPEN, "closed_at_ms": None, "note": None}
    return {
        "item_id": key,
        "declaration_no": declaration_no,
        "sentence": sentence,
        "opened_at_ms": now_ms,
        **(waits if lane == "live" else {**_BACK_FILLED, "closed_at_ms": now_ms}),
    }


def _set(session: Session, items: Sequence[str], values: Mapping[str, Any]) -> None:
    if items:
        session.execute(update(WORK_ITEM).where(_ITEM.item_id.in_(items)).values(values))

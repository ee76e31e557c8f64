"""What was stated live, apart from what was filled in afterwards: all that alerts look at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from lingqu.service.bulk_insert import insert_many
from lingqu.service.keys import keys_of, same_key
from lingqu_water.readings.model import Key
from lingqu_water.readings.record import Record
from lingqu_water.tables import READING_LIVE

LIVE_COLUMNS = tuple(READING_LIVE.c[name] for name in Record._fields)
_KEY = [READING_LIVE.c[name] for name in ("section_code", "sampled_at_ms", "method")]


def latest_live(before: Record | None, stated: Iterable[Record]) -> Record | None:
    """Return the live statement of the highest rank; `before` is that of those known until now.

    Where two contents share the rank, the smaller digest stands, contested: so the order in which
    they came cannot matter.
    """
    top = before
    for each in stated:
        if top is None or each.rank > top.rank:
            top = each
        elif each.rank == top.rank and each.digest != top.digest:
            top = min(top, each, key=lambda one: one.digest)._replace(contested=True)
    return top


def says_the_same(one: Record | None, other: Record | None) -> bool:
    """Tell whether both tell a reader the same."""
    if one is None or other is None:
        return one is other
    return (one.digest, one.contested) == (other.digest, other.contested)


def known_live(session: Session, keys: Collection[Key]) -> Mapping[Key, Record]:
    """Return what was stated live of the keys for which something else stands."""
    wanted = keys_of(session, _KEY, keys)
    rows = session.execute(select(*LIVE_COLUMNS).join(wanted, same_key(_KEY, wanted)))
    records = [Record(*row) for row in rows]
    return {record.key: record for record in records}


def write_live(session: Session, beside: Mapping[Key, Record | None]) -> None:
    """Keep what was stated live beside what stands; None where that is the same."""
    if not beside:
        return
    wanted = keys_of(session, _KEY, list(beside))
    gone = delete(READING_LIVE).where(tuple_(*_KEY).in_(select(wanted)))
    session.execute(gone.execution_options(synchronize_session=False))
    records: Sequence[Record] = [record for record in beside.values() if record is not None]
    insert_many(session, READING_LIVE, Record._fields, records)

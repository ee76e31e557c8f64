"""Statements as rows: what is known of a batch's keys, and what now stands for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from lingqu.service.bulk_insert import insert_many
from lingqu.service.keys import keys_of, same_key, texts_of
from lingqu_water.readings.change import History
from lingqu_water.readings.live import known_live
from lingqu_water.readings.model import LIVE, Key
from lingqu_water.readings.rank import Rank, stored_rank
from lingqu_water.readings.record import Record
from lingqu_water.tables import READING, READING_VERSION

_COLUMNS = Record._fields
_NAMES = ("section_code", "sampled_at_ms", "method")
_KEY = [READING.c[name] for name in _NAMES]
_VERSION_KEY = [READING_VERSION.c[name] for name in _NAMES]
_RANKED = ("digest", "data_level", "as_of_ms", "ordinal")


@dataclass(frozen=True, slots=True)
class Known:
    """What was stated about one key before, and which of it stands.

    `others` are by digest the statements that do not, where one of them may stand again.
    """

    head: Record
    history: History
    beside: Record | None = None
    others: Mapping[bytes, Record] = field(default_factory=dict)

    @property
    def live(self) -> Record | None:
        """Return the latest statement made live, which need not stand; None where none was."""
        return self.beside or (self.head if self.head.mode == LIVE else None)


@dataclass(frozen=True, slots=True)
class Raised:
    """An earlier statement that was made again later, and still does not stand."""

    key: Key
    digest: bytes
    before: Rank
    rank: Rank


def known(session: Session, keys: Collection[Key]) -> dict[Key, Known]:
    """Return what is known of those of the keys that were stated about before."""
    if not keys:
        return {}
    wanted = keys_of(session, _KEY, keys)
    columns = [READING.c[name] for name in _COLUMNS]
    rows = session.execute(select(*columns).join(wanted, same_key(_KEY, wanted)))
    heads = [_record(row) for row in rows]
    histories = {head.key: History({head.digest: (head.rank,)}) for head in heads}
    if heads:
        _add_versions(session, histories)
    beside = known_live(session, list(histories)) if heads else {}
    others = _others(session, [head.key for head in heads if histories[head.key].has_rivals])
    return {
        head.key: Known(head, histories[head.key], beside.get(head.key), others.get(head.key, {}))
        for head in heads
    }


def known_events(session: Session, event_ids: Sequence[str]) -> set[str]:
    """Return those of the events that have become statements here before."""
    found: set[str] = set()
    for table in (READING, READING_VERSION):
        left = [each for each in event_ids if each not in found]
        if left:
            wanted = texts_of(session, left)
            statement = select(table.c.event_id).join(wanted, table.c.event_id == wanted.c.text)
            found.update(session.scalars(statement))
    return found


def stand(session: Session, records: Sequence[Record], replaced: Collection[Key]) -> None:
    """Let the records stand for their keys; `replaced` are the keys of which one stood before."""
    if replaced:
        wanted = keys_of(session, _KEY, replaced)
        session.execute(
            delete(READING)
            .where(tuple_(*_KEY).in_(select(wanted)))
            .execution_options(synchronize_session=False)
        )
    insert_many(session, READING, _COLUMNS, records)


def keep(session: Session, records: Sequence[Record]) -> None:
    """Keep statements that do not stand, or do so no longer."""
    insert_many(session, READING_VERSION, _COLUMNS, records)


def raise_ranks(session: Session, raised: Iterable[Raised]) -> None:
    """Note that earlier statements were made again; rare, and so one by one."""
    for each in raised:
        columns = READING_VERSION.c
        section_code, sampled_at_ms, method = each.key
        session.execute(
            update(READING_VERSION)
            .where(
                columns.section_code == section_code,
                columns.sampled_at_ms == sampled_at_ms,
                columns.method == method,
                columns.digest == each.digest,
                columns.as_of_ms == each.before.as_of_ms,
                columns.ordinal == each.before.ordinal,
            )
            .values(as_of_ms=each.rank.as_of_ms, ordinal=each.rank.ordinal)
        )


def _add_versions(session: Session, histories: Mapping[Key, History]) -> None:
    wanted = keys_of(session, _VERSION_KEY, list(histories))
    columns = [READING_VERSION.c[name] for name in (*_NAMES, *_RANKED)]
    statement = select(*columns).join(wanted, same_key(_VERSION_KEY, wanted))
    for code, sampled_at_ms, method, digest, *ranked in session.execute(statement):
        histories[code, sampled_at_ms, method].state(bytes(digest), stored_rank(*ranked))


def _others(session: Session, keys: Collection[Key]) -> dict[Key, dict[bytes, Record]]:
    found: dict[Key, dict[bytes, Record]] = {key: {} for key in keys}
    if keys:
        wanted = keys_of(session, _VERSION_KEY, keys)
        columns = [READING_VERSION.c[name] for name in _COLUMNS]
        for row in session.execute(select(*columns).join(wanted, same_key(_VERSION_KEY, wanted))):
            record = _record(row)
            found[record.key][bytes(record.digest)] = record
    return found


def _record(row: Sequence[object]) -> Record:
    return Record(*row)  # type: ignore[arg-type]

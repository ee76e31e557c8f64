"""The sections of a batch, locked while its readings are decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lingqu.service.keys import texts_of
from lingqu_water.readings.model import Reading
from lingqu_water.tables import FROM_READINGS, SECTION

_COLUMNS = ("code", "name", "kind", "basin", "river", "source")


@dataclass(frozen=True, slots=True)
class Place:
    """What the table of sections says of a reading's section."""

    name: str
    kind: str
    basin: str | None
    river: str | None
    described: bool

    def water_body(self, reading: Reading) -> str:
        """Return the kind whose limits apply: the table's, else what the reading itself says.

        Never what another reading said, for then it would matter which came first.
        """
        if self.described:
            return self.kind
        return "river" if reading.water_body == "unknown" else reading.water_body


def lock_places(session: Session, readings: Iterable[Reading]) -> Mapping[str, Place]:
    """Return the readings' sections, locked until the transaction ends; unknown ones are added.

    Always in the order of their codes, so that two batches never wait for each other in a circle.
    SQLite needs no such lock: its transactions that write come one after another.
    """
    first: dict[str, Reading] = {}
    for reading in readings:
        first.setdefault(reading.section_code, reading)
    codes = sorted(first)
    wanted = texts_of(session, codes)
    there = set(
        session.scalars(select(SECTION.c.code).join(wanted, SECTION.c.code == wanted.c.text))
    )
    _add(session, [first[code] for code in codes if code not in there])
    return _locked(session, codes)


def lock_place(session: Session, code: str) -> Place | None:
    """Return one section, locked until the transaction ends; None where there is none."""
    return _locked(session, [code]).get(code)


def find_place(session: Session, code: str) -> Place | None:
    """Return one section as it is now; None where there is none."""
    columns = [SECTION.c[name] for name in _COLUMNS]
    row = session.execute(select(*columns).where(SECTION.c.code == code)).one_or_none()
    return _place(row) if row else None


def _locked(session: Session, codes: list[str]) -> dict[str, Place]:
    columns = [SECTION.c[name] for name in _COLUMNS]
    wanted = texts_of(session, codes)
    statement = select(*columns).join(wanted, SECTION.c.code == wanted.c.text)
    ordered = statement.order_by(SECTION.c.code)
    rows = session.execute(ordered.with_for_update(of=SECTION))
    return {row.code: _place(row) for row in rows}


def _add(session: Session, readings: list[Reading]) -> None:
    if not readings:
        return
    postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if postgres else sqlite.insert
    rows = [
        {
            "code": reading.section_code,
            "name": reading.section_name,
            "reporting_region": reading.reporting_region,
            "kind": "lake" if reading.water_body == "lake" else "river",
            "basin": reading.basin,
            "river": reading.river,
            "source": FROM_READINGS,
            "verified": False,
        }
        for reading in readings
    ]
    session.execute(insert(SECTION).on_conflict_do_nothing(), rows)


def _place(row: Row[tuple[str, ...]]) -> Place:
    return Place(row.name, row.kind, row.basin, row.river, row.source != FROM_READINGS)

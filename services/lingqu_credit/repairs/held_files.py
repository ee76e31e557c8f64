"""Files that are held to be sent back, and say something of a repaired record."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from lingqu.domain_service.imports.importing import Importing
from lingqu.domain_service.imports.uploads import Slot
from lingqu.domain_service.statements.noun import Document
from lingqu_credit.records.tombstones import tombstoned
from lingqu_credit.tables import TOMBSTONE

logger = logging.getLogger(__name__)

_NOTED = "records"
_TOGETHER = 5_000
_WHY = "it said something of a record that was repaired, so nothing of the file is kept"


class HeldFiles:
    """Deletes held files that name a record of which a tombstone is left.

    Which records a file names is read out of it once and noted beside it; that is looked at again
    whenever there are more tombstones. `ids` give the record that a statement speaks of, by the
    forms that speak of one. A row whose cells could not be read names no record; it is forgotten
    with its file after a day.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        importing: Importing[Document],
        ids: Mapping[str, Callable[[Document], str]],
    ) -> None:
        self._sessions = sessions
        self._importing = importing
        self._ids = dict(ids)
        self._looked_at: dict[str, int] = {}

    def round(self) -> None:
        """Look at what was not looked at since the last repair."""
        uploads = self._importing.uploads
        with self._sessions() as session:
            repaired = session.scalar(select(func.count()).select_from(TOMBSTONE)) or 0
            held = uploads.held() if repaired else []
            before, self._looked_at = self._looked_at, {}
            for slot in held:
                if before.get(slot.import_id) != repaired and self._names_repaired(session, slot):
                    uploads.withhold(slot, _WHY)
                    about = {"import": slot.import_id}
                    logger.info("file withheld: it names a repaired record", extra=about)
                else:
                    self._looked_at[slot.import_id] = repaired

    def _names_repaired(self, session: Session, slot: Slot) -> bool:
        noted = slot.folder / _NOTED
        if not noted.exists():
            draft = noted.with_suffix(".draft")
            with draft.open("w", encoding="utf-8") as lines:
                lines.writelines(f"{record_id}\n" for record_id in self._named(slot))
            draft.replace(noted)
        with noted.open(encoding="utf-8") as lines:
            ids = map(str.rstrip, lines)
            while together := set(islice(ids, _TOGETHER)):
                if tombstoned(session, together):
                    return True
        return False

    def _named(self, slot: Slot) -> Iterator[str]:
        with self._importing.again(slot) as form:
            id_of = self._ids.get(form.name)
            if id_of is None:
                return
            for row in form:
                if row.statement is not None:
                    yield id_of(row.statement)

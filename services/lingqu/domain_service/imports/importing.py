"""One file of statements, from its rows to its summary."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.domain_service.imports.ahead import ahead
from lingqu.domain_service.imports.form import Form, Row
from lingqu.domain_service.imports.forms import Forms, Request
from lingqu.domain_service.imports.returned import remember, returned_copy
from lingqu.domain_service.imports.tally import Tally
from lingqu.domain_service.imports.uploads import Slot, Uploads
from lingqu.errors import InputError, LingquError, RetriableError
from lingqu.service.database import database_errors

logger = logging.getLogger(__name__)

# A batch that failed left nothing, so it is simply taken again.
_ATTEMPTS = 5
_PAUSE_S = 1.0
# Each refusal is held in memory until the file ends, and a file is wrong as a whole long before.
_REFUSED_MOST = 100_000

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Opened(Generic[S]):
    """A file whose form is known; its rows are not read yet."""

    slot: Slot
    request: Request
    form: Form[S]


class TooManyRefusedError(InputError):
    """So much of a file is refused that the rest is not read."""

    def __init__(self, name: str, tally: Tally) -> None:
        number = min(tally.refused)
        reason = "; ".join(each.reason for each in tally.refused[number])
        super().__init__(
            f"{name}: {len(tally.refused):,} of {tally.read:,} rows are refused, so the rest is not"
            f" read; the first is row {number}, {reason}; correct the file and import it again,"
            " what was taken stays"
        )


class Importing(Generic[S]):
    """Imports files; each batch of rows is a transaction of its own, the next is read beside it.

    A file that breaks off half way is imported again as a whole: what was taken is then a repeat.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        forms: Forms[S],
        uploads: Uploads,
        clock: Clock,
        batch: int,
        refused_most: int = _REFUSED_MOST,
    ) -> None:
        self._sessions = sessions
        self._forms = forms
        self.uploads = uploads
        self._clock = clock
        self._batch = batch
        self._refused_most = refused_most

    def slot(self) -> Slot:
        """Return the place to upload a new file to."""
        return self.uploads.new(self._clock.now())

    def open(self, slot: Slot, request: Request) -> Opened[S]:
        """Find out the form of the uploaded file; raises InputError where it has none."""
        return Opened(slot, request, self._forms.open(slot.upload, request, self._clock.now()))

    def again(self, slot: Slot) -> Form[S]:
        """Return the file of an import whose copy can go back, to be read once more."""
        record = slot.record()
        request = Request(record["summary"]["file"], record["form"], record["mode"])
        return self._forms.open(slot.upload, request, self._clock.now())

    def returned_copy(self, import_id: str) -> Path:
        """Return the imported file with each refused cell marked; InputError where none is kept."""
        slot = self.uploads.refusing(import_id)
        return returned_copy(slot, self._forms.recognises(slot.record()["form"]))

    def run(self, opened: Opened[S]) -> Iterator[dict[str, Any]]:
        """Yield the progress after each batch, and at last the summary, or why there is none."""
        tally = Tally()
        try:
            for rows in ahead(self._batches(opened.form)):
                self._take(rows, tally, opened)
                yield {"progress": tally.read}
            yield self._finish(opened, tally)
        except LingquError as error:
            yield {"error": str(error), "retriable": error.retriable, "progress": tally.read}
        except Exception:
            logger.exception("import failed", extra={"import": opened.slot.import_id})
            yield {
                "error": "the import failed in a way the service did not foresee; its log says "
                f"where, import {opened.slot.import_id}",
                "retriable": False,
                "progress": tally.read,
            }
        finally:
            opened.form.close()
            if not opened.slot.refused.exists():
                opened.slot.upload.unlink(missing_ok=True)

    def _batches(self, form: Form[S]) -> Iterator[list[Row[S]]]:
        rows = iter(form)
        while batch := list(islice(rows, self._batch)):
            yield batch

    def _take(self, batch: list[Row[S]], tally: Tally, opened: Opened[S]) -> None:
        rows: list[Row[S]] = []
        statements: list[S] = []
        for row in batch:
            if row.statement is None or row.refusals:
                tally.refuse(row)
            else:
                rows.append(row)
                statements.append(row.statement)
        form, mode = opened.form.name, opened.request.mode
        for left in reversed(range(_ATTEMPTS)):
            try:
                with database_errors(), self._sessions.begin() as session:
                    taken = self._forms.take(session, form, statements, mode)
                break
            except RetriableError as error:
                if not left:
                    raise
                logger.warning("batch of an import tried again", extra={"cause": str(error)})
                self._clock.wait(_PAUSE_S, threading.Event())
        tally.take(rows, taken, opened.form.headings)
        if len(tally.refused) > self._refused_most:
            raise TooManyRefusedError(opened.request.name, tally)

    def _finish(self, opened: Opened[S], tally: Tally) -> dict[str, Any]:
        slot, request = opened.slot, opened.request
        summary = tally.summary(request.name)
        if notes := [*opened.form.notes, *tally.notes()]:
            summary["notes"] = notes
        copy = None
        if tally.refused and opened.form.returnable:
            remember(slot, tally.refused)
            copy = f"/v1/imports/{slot.import_id}/returned-copy"
        slot.keep(
            {
                "id": slot.import_id,
                "finished_at": self._clock.now().isoformat(timespec="milliseconds"),
                "form": opened.form.name,
                "mode": request.mode,
                "summary": {**summary, "refused": len(summary["refused"])},
                "returned_copy": copy,
            }
        )
        return {"summary": summary, "returned_copy": copy, "id": slot.import_id}

"""One file of readings, from its rows to its summary."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock
from lingqu.domain_service.imports.uploads import Slot, Uploads
from lingqu.errors import LingquError, RetriableError
from lingqu.service.database import database_errors
from lingqu_water.forms import Form, Row, can_return, read
from lingqu_water.imports.returning import remember, returned_copy
from lingqu_water.imports.tally import Tally
from lingqu_water.readings.take import Readings

logger = logging.getLogger(__name__)

# A batch that failed left nothing, so it is simply taken again.
_ATTEMPTS = 5
_PAUSE_S = 1.0

Mode = Literal["live", "backfill", "snapshot"]


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: the file's own name, its form, the day it was collected, the lane."""

    name: str
    form: str
    collected_on: date | None
    mode: Mode


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose form is known; its rows are not read yet."""

    slot: Slot
    request: Request
    form: Form


class Importing:
    """Imports files; each batch of rows is a transaction of its own.

    A file that breaks off half way is imported again as a whole: what was taken is then a repeat.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        readings: Readings,
        uploads: Uploads,
        clock: Clock,
        batch: int,
        reference: Path | None = None,
    ) -> None:
        """Take the headings and items of forms from the folder `reference` where it has any."""
        self._sessions = sessions
        self._readings = readings
        self.uploads = uploads
        self._clock = clock
        self._batch = batch
        self._reference = reference

    def slot(self) -> Slot:
        """Return the place to upload a new file to."""
        return self.uploads.new(self._clock.now())

    def open(self, slot: Slot, request: Request) -> Opened:
        """Find out the form of the uploaded file; raises InputError where it has none."""
        form = read(
            slot.upload,
            request.name,
            form=request.form,
            collected_on=request.collected_on,
            now=self._clock.now(),
            reference=self._reference,
        )
        return Opened(slot, request, form)

    def returned_copy(self, import_id: str) -> Path:
        """Return the imported file with each refused cell marked; InputError where none is kept."""
        return returned_copy(self.uploads.refusing(import_id), self._reference)

    def run(self, opened: Opened) -> Iterator[dict[str, Any]]:
        """Yield the progress after each batch, and at last the summary, or why there is none."""
        tally = Tally()
        try:
            for rows in self._batches(opened.form):
                self._take(rows, tally, opened.request.mode)
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

    def _batches(self, form: Form) -> Iterator[list[Row]]:
        rows = iter(form)
        while batch := list(islice(rows, self._batch)):
            yield batch

    def _take(self, batch: list[Row], tally: Tally, mode: Mode) -> None:
        rows, readings = [], []
        for row in batch:
            if row.reading is None or row.refusals:
                tally.refuse(row)
            else:
                rows.append(row)
                readings.append(row.reading)
        for left in reversed(range(_ATTEMPTS)):
            try:
                with database_errors(), self._sessions.begin() as session:
                    taken = self._readings.take(session, readings, mode=mode)
                break
            except RetriableError as error:
                if not left:
                    raise
                logger.warning("batch of an import tried again", extra={"cause": str(error)})
                self._clock.wait(_PAUSE_S, threading.Event())
        tally.take(rows, taken)

    def _finish(self, opened: Opened, tally: Tally) -> dict[str, Any]:
        slot, request = opened.slot, opened.request
        summary = tally.summary(request.name)
        if opened.form.notes:
            summary["notes"] = list(opened.form.notes)
        copy = None
        if tally.refused and can_return(opened.form.name):
            remember(slot, tally.refused)
            copy = f"/v1/imports/{slot.import_id}/returned-copy"
        slot.keep(
            {
                "id": slot.import_id,
                "finished_at": self._clock.now().isoformat(timespec="milliseconds"),
                "mode": request.mode,
                "summary": {**summary, "refused": len(summary["refused"])},
                "returned_copy": copy,
            }
        )
        return {"summary": summary, "returned_copy": copy, "id": slot.import_id}

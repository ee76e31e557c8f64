"""The forms of files of readings, as imports know them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from lingqu.domain_service.imports.form import Form
from lingqu.domain_service.imports.forms import Mode, Request
from lingqu.sheets.table import IsHeading
from lingqu_water.forms.headings import headings_of
from lingqu_water.forms.opening import read
from lingqu_water.readings.model import Reading
from lingqu_water.readings.take import Readings, Taken


class ReadingForms:
    """Opens files of readings and gives what they state to `Readings`."""

    def __init__(self, readings: Readings, reference: Path | None = None) -> None:
        """Take the headings and items of forms from the folder `reference` where it has any."""
        self._readings = readings
        self._reference = reference

    def open(self, upload: Path, request: Request, now: datetime) -> Form[Reading]:
        """Find out the file's form. Raises InputError with the cure where it has none."""
        return read(
            upload,
            request.name,
            form=request.form,
            collected_on=request.collected_on,
            now=now,
            reference=self._reference,
        )

    def take(
        self, session: Session, _form: str, statements: Sequence[Reading], mode: Mode
    ) -> Taken:
        """Take a batch in the caller's transaction, each statement by itself."""
        return self._readings.take(session, statements, mode=mode)

    def recognises(self, _form: str) -> IsHeading:
        """Return what tells the heading of a table of readings."""
        return headings_of(self._reference).recognises

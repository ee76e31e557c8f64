"""The record forms of one service: told apart by their headings, each taken by its noun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from sqlalchemy.orm import Session

from lingqu.domain_service.imports.form import Form
from lingqu.domain_service.imports.forms import AUTO, Mode, Outcomes, Request
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import InputError
from lingqu.sheets.opening import open_table
from lingqu.sheets.table import IsHeading, NoHeadingError, Table


class Take(Protocol):
    """Takes a batch of statements, each by itself, as `Declarations.take` does."""

    def __call__(
        self, session: Session, statements: Sequence[Document], *, mode: str
    ) -> Outcomes: ...


class RecordForms:
    """Opens tables of any of these forms, and gives the statements in them to what takes them."""

    def __init__(self, forms: Mapping[RecordForm, Take]) -> None:
        self.forms = {form.name: form for form in forms}
        self._takes = {form.name: take for form, take in forms.items()}

    def open(self, upload: Path, request: Request, _now: datetime) -> Form[Document]:
        """Return the open file. Raises InputError, with the cure, where it is of no known form."""
        wanted = self._wanted(request.form)
        file = upload.open("rb")
        try:
            table = self._table(file, request.name, wanted)
            form = max(wanted, key=partial(_fitness, table.heading))

            def close() -> None:
                table.close()
                file.close()

            return form.read(table, request.name, close)
        except BaseException:
            file.close()
            raise

    def take(
        self, session: Session, form: str, statements: Sequence[Document], mode: Mode
    ) -> Outcomes:
        """Take a batch in the caller's transaction, each statement by itself."""
        return self._takes[form](session, statements, mode=mode)

    def recognises(self, form: str) -> IsHeading:
        """Return what tells the heading of a table of this form."""
        return self.forms[form].recognises

    def form(self, name: str) -> RecordForm:
        """Return the form of that name; raise InputError for an unknown one."""
        found = self.forms.get(name)
        if found is None:
            raise InputError(f"there is no form {name!r}; there are {AUTO}, {self._known()}")
        return found

    def _wanted(self, name: str) -> Sequence[RecordForm]:
        return list(self.forms.values()) if name == AUTO else [self.form(name)]

    def _table(self, file: BinaryIO, name: str, wanted: Sequence[RecordForm]) -> Table:
        def is_heading(cells: Sequence[str]) -> bool:
            return any(form.recognises(cells) for form in wanted)

        try:
            return open_table(file, name, is_heading)
        except NoHeadingError as error:
            raise InputError(
                f"{name} is of no known form. Known are {self._known()}. Its first row holds:"
                f" {error.held}. The command template writes a form to fill in"
            ) from error

    def _known(self) -> str:
        return ", ".join(f"{form.name} ({form.title})" for form in self.forms.values())


def _fitness(heading: Sequence[str], form: RecordForm) -> tuple[int, int]:
    return form.matches(heading), -len(form.lacks(heading))

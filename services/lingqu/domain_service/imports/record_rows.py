"""The rows of one table of records, read at the speed of their cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lingqu.domain_service.imports.cell_refusals import refused_cells
from lingqu.domain_service.imports.form import EXAMPLE, CellRefusal, Row, examples_note
from lingqu.domain_service.imports.readers import Reader
from lingqu.domain_service.imports.remembered import Remembered
from lingqu.domain_service.statements.noun import Document
from lingqu.sheets.problems import CellError, Problem
from lingqu.sheets.table import SheetRow, Table

Complete = Callable[[Document], Document]


class FieldError(CellError):
    """A statement whose cells are well in themselves, but not beside each other.

    `field` names the column to mark; an empty one refuses the row as a whole.
    """

    def __init__(self, field: str, problem: Problem) -> None:
        super().__init__(problem)
        self.field = field


class Place(NamedTuple):
    """Where a table has a column, and what reads its cells."""

    place: int
    heading: str
    field: str
    read: Reader


class RecordRows:
    """Reads rows as statements; `rest` is what the columns that are not there say."""

    def __init__(
        self,
        heading: Sequence[str],
        places: Sequence[Place],
        rest: Mapping[str, Any],
        complete: Complete | None,
    ) -> None:
        self.headings = {each.field: each.heading for each in places}
        self._heading = tuple(heading)
        self._rest = rest
        self._complete = complete
        self._cells = {each.place: each.read for each in places}
        self._known: list[tuple[str, int, Remembered[str, Any]]] = [
            (each.field, each.place, Remembered(each.read)) for each in places
        ]

    def rows(self, table: Table, notes: list[str]) -> Iterator[Row[Document]]:
        """Give the table's rows but for examples, of which a note says how many there were."""
        examples = 0
        for row in table.rows():
            if EXAMPLE in "".join(row.cells):
                examples += 1
            else:
                yield self._read(row)
        if examples:
            notes.append(examples_note(examples))

    def _read(self, row: SheetRow) -> Row[Document]:
        if row.refused:
            return self._looked_into(row)
        cells = row.cells
        try:
            statement = {field: known[cells[place]] for field, place, known in self._known}
        except CellError:
            return self._looked_into(row)
        statement.update(self._rest)
        if self._complete is not None:
            try:
                statement = self._complete(statement)
            except FieldError as error:
                column = self.headings.get(error.field, "")
                return Row(row.number, None, (CellRefusal(column, error.problem),))
        return Row(row.number, statement)

    def _looked_into(self, row: SheetRow) -> Row[Document]:
        """Return all that is wrong with a row."""
        return Row(row.number, None, refused_cells(row, self._heading, self._cells))

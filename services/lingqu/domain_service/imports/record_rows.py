"""The rows of one table of records, read column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, repeat
from typing import Any, NamedTuple

from lingqu.domain_service.imports.cell_refusals import refused_cells
from lingqu.domain_service.imports.form import EXAMPLE, CellRefusal, Row, examples_note
from lingqu.domain_service.imports.readers import Reader
from lingqu.domain_service.statements.noun import Document
from lingqu.sheets.problems import CellError, Problem
from lingqu.sheets.table import SheetRow, Table

# So many rows are read together: enough to meet the same cells again, and little to hold.
_TOGETHER = 1_000

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
        self._places = tuple(places)
        self._fields = (*self.headings, *rest)
        self._rest = tuple(map(repeat, rest.values()))
        self._complete = complete
        self._cells = {each.place: each.read for each in places}

    def rows(self, table: Table, notes: list[str]) -> Iterator[Row[Document]]:
        """Give the table's rows but for examples, of which a note says how many there were."""
        examples = 0
        rows = table.rows()
        while together := list(islice(rows, _TOGETHER)):
            told = [row for row in together if EXAMPLE not in "".join(row.cells)]
            examples += len(together) - len(told)
            yield from self._read(told)
        if examples:
            notes.append(examples_note(examples))

    def _read(self, rows: Sequence[SheetRow]) -> Iterator[Row[Document]]:
        statements = self._statements([row.cells for row in rows if not row.refused])
        for row in rows:
            statement = None if row.refused else next(statements)
            if statement is None:
                yield Row(row.number, None, refused_cells(row, self._heading, self._cells))
            else:
                yield self._completed(row.number, statement)

    def _statements(self, rows: Sequence[Sequence[str]]) -> Iterator[Document | None]:
        """Give what each row states; None where one of its cells is refused."""
        cells = list(zip(*rows, strict=True))
        refused: set[int] = set()
        columns = [_meanings(cells[each.place], each.read, refused) for each in self._places]
        fields = self._fields
        for place, values in enumerate(zip(*columns, *self._rest, strict=False)):
            yield None if place in refused else dict(zip(fields, values, strict=True))

    def _completed(self, number: int, statement: Document) -> Row[Document]:
        if self._complete is not None:
            try:
                statement = self._complete(statement)
            except FieldError as error:
                column = self.headings.get(error.field, "")
                return Row(number, None, (CellRefusal(column, error.problem),))
        return Row(number, statement)


def _meanings(cells: Sequence[str], read: Reader, refused: set[int]) -> list[Any]:
    """Return what the cells of a column mean, equal ones read once; note whose are refused."""
    known: dict[str, Any] = {}
    wrong: set[str] = set()
    for cell in set(cells):
        try:
            known[cell] = read(cell)
        except CellError:
            wrong.add(cell)
    if wrong:
        refused.update(place for place, cell in enumerate(cells) if cell in wrong)
    return list(map(known.get, cells))

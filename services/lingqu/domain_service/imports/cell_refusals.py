"""All that is wrong with a row: its cells are read one by one, and none hides another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lingqu.domain_service.imports.form import CellRefusal
from lingqu.sheets.problems import CellError
from lingqu.sheets.table import WHOLE_ROW, SheetRow


def refused_cells(
    row: SheetRow, heading: Sequence[str], readers: Mapping[int, Callable[[str], object]]
) -> tuple[CellRefusal, ...]:
    """Return the refusals of a row, by its columns from the left."""
    if WHOLE_ROW in row.refused:
        return (CellRefusal("", row.refused[WHOLE_ROW]),)
    found: list[CellRefusal] = []
    for place in sorted(readers):
        if place in row.refused:
            found.append(CellRefusal(heading[place], row.refused[place]))
            continue
        try:
            readers[place](row.cells[place])
        except CellError as error:
            found.append(CellRefusal(heading[place], error.problem))
    return tuple(found)

"""A column of a form: its heading, its field, and how its cells are read and written."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from lingqu.domain_service.imports.readers import Reader, text
from lingqu.domain_service.imports.reasons import CONTROL_CHARACTER, EMPTY, HIDDEN
from lingqu.domain_service.imports.writers import Writer
from lingqu.sheets.cells import without_apostrophe
from lingqu.sheets.problems import DIGITS_LOST, FORMULA, CellError

MISSING: Final = frozenset({"", "-", "--", "—", "——", "/", "null", "NULL"})
_NEVER_QUOTED: Final = frozenset({DIGITS_LOST.code, EMPTY.code, FORMULA.code})
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column; `field` is the statement's, `read` takes a cell that is not empty.

    An empty cell, or a column that is not there, says `default`. `choices` are the words that may
    be chosen, each with what it means. `units` read the cells of a heading such as 金额(万元), by
    the unit in the brackets. A `personal` cell is never quoted in an error.
    """

    heading: str
    field: str
    read: Reader = text
    required: bool = False
    choices: Mapping[str, Any] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
    help: str = ""
    other_headings: tuple[str, ...] = ()
    default: Any = None
    example: str = ""
    kind: Literal["text", "number"] = "text"
    units: Mapping[str, Reader] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
    write: Writer = str
    personal: bool = False

    def reader(self, unit: str | None = None) -> Reader:
        """Return what reads any cell under the heading, an empty one too."""
        read = self.read if unit is None else self.units[unit]
        required, default, personal = self.required, self.default, self.personal
        choices = self.choices

        def read_cell(cell: str) -> Any:
            found = cell.strip()
            if found.startswith("'"):
                found = without_apostrophe(found)
            if found in MISSING and found not in choices:
                if required:
                    raise CellError(EMPTY.about())
                return default
            if not found.isprintable() and _NO_TEXT.search(found):
                raise CellError(CONTROL_CHARACTER.about())
            try:
                return read(found)
            except CellError as error:
                if personal and error.problem.code not in _NEVER_QUOTED:
                    raise CellError(HIDDEN.about()) from None
                raise

        return read_cell

    def cell(self, value: Any) -> str:
        """Return the text of a value, as `read` takes it back."""
        return "" if value is None or value == [] else self.write(value)

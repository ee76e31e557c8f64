"""A file as it is read: row by row, each a statement or the reasons why it is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Generic, NamedTuple, TypeVar

from lingqu.closing import Closing
from lingqu.sheets.problems import Problem

S = TypeVar("S")

# A row with it shows how a form is filled in, and says nothing.
EXAMPLE: Final = "【示例】"
NO_HEADINGS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CellRefusal:
    """Why one cell was refused; without a column, why the row as a whole was."""

    column: str
    problem: Problem

    @property
    def reason(self) -> str:
        return f"{self.column}: {self.problem.reason}" if self.column else self.problem.reason

    @property
    def reason_zh(self) -> str:
        said = self.problem.reason_zh
        return f"{self.column}:{said}" if self.column else said


class Row(NamedTuple, Generic[S]):
    """One row: a statement, or what was refused. One wrong cell refuses the row as a whole."""

    number: int
    statement: S | None
    refusals: tuple[CellRefusal, ...] = ()

    @property
    def reason(self) -> str:
        """Return all reasons in one text that names each column."""
        return "; ".join(refusal.reason for refusal in self.refusals)


def examples_note(count: int) -> str:
    return f"{count} example rows ({EXAMPLE}) were left out"


class Form(Closing, Generic[S]):
    """An open file of a known form, a context manager; iterate it once, in bounded memory.

    `notes` are sentences about the file as a whole, complete after the last row. Iterating raises
    InputError where the file turns out to be damaged. What is not `returnable` is no table, and
    never sent back with its refusals marked. `headings` are those of the fields of statements.
    """

    def __init__(
        self,
        name: str,
        rows: Iterator[Row[S]],
        notes: list[str],
        close: Callable[[], None],
        *,
        returnable: bool = True,
        headings: Mapping[str, str] = NO_HEADINGS,
    ) -> None:
        self.name = name
        self.notes = notes
        self.returnable = returnable
        self.headings = headings
        self._rows = rows
        self._close = close

    def __iter__(self) -> Iterator[Row[S]]:
        return self._rows

    def close(self) -> None:
        self._close()

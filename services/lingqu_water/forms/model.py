"""A file of readings as it is read: row by row, each a reading or the reasons why it is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Literal, NamedTuple, Self

from lingqu.sheets.problems import Problem
from lingqu_water.readings.model import Reading

FormName = Literal["hourly4", "snapshot", "rawjson", "template"]


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


class Row(NamedTuple):
    """One row: a reading, or what was refused. A row with one wrong cell is refused as a whole."""

    number: int
    reading: Reading | None
    refusals: tuple[CellRefusal, ...] = ()

    @property
    def reason(self) -> str:
        """Return all reasons in one text that names each column."""
        return "; ".join(refusal.reason for refusal in self.refusals)


class Form:
    """An open file of a known form, a context manager; iterate it once, in bounded memory.

    `notes` are sentences about the file as a whole, complete after the last row. Iterating raises
    InputError where the file turns out to be damaged.
    """

    def __init__(
        self,
        name: FormName,
        collected_on: date,
        rows: Iterator[Row],
        notes: list[str],
        close: Callable[[], None],
    ) -> None:
        self.name = name
        self.collected_on = collected_on
        self.notes = notes
        self._rows = rows
        self._close = close

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def close(self) -> None:
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

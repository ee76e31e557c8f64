"""A form whose columns are data: a table in which each row is one statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.imports.form import EXAMPLE, Form
from lingqu.domain_service.imports.record_rows import Complete, Place, RecordRows
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import ContractError, InputError
from lingqu.sheets.cells import plain
from lingqu.sheets.returned import REASON_HEADING
from lingqu.sheets.table import Table
from lingqu.sheets.template import CodeList, Template, TemplateColumn

_WITH_UNIT = re.compile(r"(.+)\(([^()]+)\)")
_REMARKS = (
    "1. 一行一条记录;带 * 的列必填;不用的列可以整列删除,不要改列名。",
    f"2. 任一单元格含 {EXAMPLE} 的行是示例,导入时自动略过。",
    "3. 日期按 2024-03-01、时间按 2024-03-01 08:00(北京时间,24 小时制)填写。",
    "4. 单元格中不要使用公式;代码、编号保持文本格式。",
    "5. 有问题的单元格会在退回的副本中标红并附说明,改正后整表重新导入即可,已收的记录不会重复。",
)


class RecordForm:
    """The form of one kind of record, in a table or as a template to fill in.

    `complete` finishes the statement of a row whose cells are all well: it derives what no column
    tells and raises FieldError where the cells contradict each other. The values that it is given
    are shared between rows: it puts others in their place and changes none.
    """

    def __init__(
        self,
        name: str,
        title: str,
        columns: Sequence[Column],
        *,
        complete: Complete | None = None,
        examples: Sequence[Document] = (),
        remarks: Sequence[str] = _REMARKS,
    ) -> None:
        self.name = name
        self.title = title
        self.columns = tuple(columns)
        self._complete = complete
        self._examples = tuple(examples)
        self._remarks = tuple(remarks)
        self._by_heading: dict[str, Column] = {}
        for column in columns:
            for heading in (column.heading, column.field, *column.other_headings):
                known = self._by_heading.setdefault(_plain(heading), column)
                if known is not column:
                    raise ContractError(
                        f"form {name}: {heading} is the heading of two columns, {known.field} and"
                        f" {column.field}; begin the doc of one of them with another word"
                    )
        self._required = [column for column in columns if column.required]

    def matches(self, cells: Sequence[str]) -> int:
        """Return how many of the form's columns these headings name."""
        return len({found.field for cell in cells if (found := self._named(cell)[0])})

    def lacks(self, heading: Sequence[str]) -> list[Column]:
        """Return the columns that must be there and are not."""
        named = {found.field for cell in heading if (found := self._named(cell)[0])}
        return [column for column in self._required if column.field not in named]

    def recognises(self, cells: Sequence[str]) -> bool:
        """Tell whether this row is the heading of a table of this form, perhaps a lacking one."""
        enough = self.matches(cells) >= min(2, len(self.columns))
        return enough and 2 * len(self.lacks(cells)) <= len(self._required)

    def read(self, table: Table, name: str, close: Callable[[], None]) -> Form[Document]:
        """Return a table as rows. Raises InputError naming a column that is missing."""
        places, unread = self._layout(table.heading, name)
        notes = []
        if unread:
            said = ", ".join(unread)
            notes.append(f"these columns mean nothing here and were not read: {said}")
        told = {each.field for each in places}
        rest = {each.field: each.default for each in self.columns if each.field not in told}
        rows = RecordRows(table.heading, places, rest, self._complete)
        return Form(self.name, rows.rows(table, notes), notes, close, headings=rows.headings)

    def template(self) -> Template:
        """Return the form to fill in, with its examples, else with a row of its columns'."""
        examples = [self.cells(each) for each in self._examples]
        if not examples and any(column.example for column in self.columns):
            examples = [[column.example for column in self.columns]]
        return Template(
            self.title,
            tuple(
                TemplateColumn(
                    column.heading, column.kind, column.required, tuple(column.choices), column.help
                )
                for column in self.columns
            ),
            tuple((EXAMPLE + first, *rest) for first, *rest in examples),
            tuple(
                CodeList(column.heading, tuple((each, str(value)) for each, value in choices))
                for column in self.columns
                if (choices := column.choices.items())
            ),
            self._remarks,
        )

    def cells(self, document: Mapping[str, Any]) -> list[str]:
        """Return the row that tells the document, a cell a column."""
        return [column.cell(document.get(column.field)) for column in self.columns]

    def _layout(self, heading: Sequence[str], name: str) -> tuple[list[Place], list[str]]:
        places: dict[str, Place] = {}
        unread: list[str] = []
        for place, cell in enumerate(heading):
            column, unit = self._named(cell)
            if column is None:
                if cell and cell != REASON_HEADING:
                    unread.append(cell)
                continue
            if column.field in places:
                raise InputError(
                    f"{name}: the columns {places[column.field].heading} and {cell} hold the same"
                    " thing; delete one of them"
                )
            places[column.field] = Place(place, cell, column.field, column.reader(unit))
        if missing := self.lacks(heading):
            raise InputError(
                f"{name} looks like the form {self.name} ({self.title}) but has no column"
                f" {missing[0].heading}; it has {', '.join(filter(None, heading))[:200]}"
            )
        return list(places.values()), unread

    def _named(self, cell: str) -> tuple[Column | None, str | None]:
        """Return the column of a heading, and the unit in its brackets where that decides."""
        found = _plain(cell)
        if found in self._by_heading:
            return self._by_heading[found], None
        parts = _WITH_UNIT.fullmatch(found)
        column = self._by_heading.get(parts[1]) if parts else None
        if parts is None or column is None or parts[2] not in column.units:
            return None, None
        return column, parts[2]


def _plain(text: str) -> str:
    return "".join(plain(text).casefold().split()).strip("*")

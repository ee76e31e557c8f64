"""A template as a workbook: a sheet to fill in, one of code lists, one of remarks."""

from __future__ import annotations

import re

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from lingqu.sheets.template import Template, TemplateColumn

CODES_SHEET = "代码表"
REMARKS_SHEET = "填写说明"
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_NAME_MOST = 31
AUTHOR = "灵渠"
_TEXT = "@"
_LAST_ROW = 5000
_HEAD_FILL = PatternFill("solid", fgColor="DDEBF7")
_EXAMPLE_FONT = Font(italic=True, color="808080")


def build(template: Template) -> Workbook:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one
    sheet.title = sheet_name(template.title)
    codes = book.create_sheet(CODES_SHEET)
    for place, column in enumerate(template.columns, 1):
        _column(sheet, place, column)
    _fill(sheet, template)
    _codes(codes, template)
    _choices(sheet, codes, template)
    sheet.freeze_panes = "A2"
    if template.remarks:
        _remarks(book.create_sheet(REMARKS_SHEET), template)
    return book


def sheet_name(title: str, number: int = 1) -> str:
    """Return a name that a sheet may have; further sheets of one title are numbered."""
    suffix = f" {number}" if number > 1 else ""
    return _NOT_IN_NAMES.sub(" ", title)[: _NAME_MOST - len(suffix)] + suffix


def as_text(cell: object, text: str) -> None:
    """Write text that stays text, whatever it looks like and whoever edits it."""
    assert isinstance(cell, Cell)  # noqa: S101 - not one that is merged away
    cell.value = text
    cell.data_type = "s"
    cell.number_format = _TEXT
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))


def _column(sheet: Worksheet, place: int, column: TemplateColumn) -> None:
    cell = sheet.cell(1, place)
    as_text(cell, column.title)
    cell.font = Font(bold=True)
    cell.fill = _HEAD_FILL
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    if column.help:
        cell.comment = Comment(column.help, AUTHOR, height=120, width=260)
    letter = get_column_letter(place)
    width = sum(2 if ord(character) > 0x2E80 else 1 for character in column.title)
    sheet.column_dimensions[letter].width = max(10, min(width + 4, 30))
    if column.kind == "text":
        sheet.column_dimensions[letter].number_format = _TEXT


def _fill(sheet: Worksheet, template: Template) -> None:
    for number, row in enumerate((*template.rows, *template.examples), 2):
        for place, (column, text) in enumerate(zip(template.columns, row, strict=True), 1):
            cell = sheet.cell(number, place)
            if column.kind == "text" or not _is_number(text):
                as_text(cell, text)
            else:
                cell.value = float(text)
            if number - 2 >= len(template.rows):
                cell.font = _EXAMPLE_FONT


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _codes(sheet: Worksheet, template: Template) -> None:
    for place, code_list in enumerate(template.code_lists):
        left = 3 * place + 1
        as_text(sheet.cell(1, left), code_list.title)
        sheet.cell(1, left).font = Font(bold=True)
        for number, (word, meaning) in enumerate(code_list.entries, 2):
            as_text(sheet.cell(number, left), word)
            as_text(sheet.cell(number, left + 1), meaning)
        sheet.column_dimensions[get_column_letter(left)].width = 22
        sheet.column_dimensions[get_column_letter(left + 1)].width = 30


def _choices(sheet: Worksheet, codes: Worksheet, template: Template) -> None:
    """Let cells be chosen from the code list of the column's heading, else from the words given."""
    lists = {each.title: 3 * place + 1 for place, each in enumerate(template.code_lists)}
    for place, column in enumerate(template.columns, 1):
        if not column.choices:
            continue
        source = _source(codes, lists.get(column.heading), column)
        rule = DataValidation("list", formula1=source, allow_blank=not column.required)
        rule.error = f"请从列表中选择:{'、'.join(column.choices[:10])}"
        rule.errorTitle = column.heading
        rule.showErrorMessage = True
        letter = get_column_letter(place)
        rule.add(f"{letter}2:{letter}{_LAST_ROW}")
        sheet.add_data_validation(rule)


def _source(codes: Worksheet, left: int | None, column: TemplateColumn) -> str:
    if left is None:
        return f'"{",".join(column.choices)}"'
    letter = get_column_letter(left)
    return f"'{codes.title}'!${letter}$2:${letter}${len(column.choices) + 1}"


def _remarks(sheet: Worksheet, template: Template) -> None:
    sheet.column_dimensions["A"].width = 100
    for number, remark in enumerate(template.remarks, 1):
        cell = sheet.cell(number, 1)
        as_text(cell, remark)
        cell.alignment = Alignment(wrap_text=True)

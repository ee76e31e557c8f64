"""A table out of whatever file was sent: CSV or XLSX, and the rest refused in words."""

from __future__ import annotations

from typing import BinaryIO

from lingqu.errors import InputError
from lingqu.sheets.csv_table import CsvTable
from lingqu.sheets.table import IsHeading, Table

_ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 512


def open_table(file: BinaryIO, name: str, is_heading: IsHeading) -> Table:
    """Open the table whose heading is recognised; `name` is what people know the file by.

    Raises NoHeadingError where there is no such heading, and InputError where it is no table.
    """
    head = file_head(file, name)
    if is_workbook(head):
        from lingqu.sheets.xlsx_table import XlsxTable  # noqa: PLC0415 - openpyxl is heavy

        return XlsxTable(file, name, is_heading)
    refuse_other_kinds(head, name)
    return CsvTable(file, name, is_heading)


def file_head(file: BinaryIO, name: str) -> bytes:
    """Return the first bytes, rewound; raise InputError for an empty file."""
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    if not head.strip():
        raise InputError(f"{name} is empty; export or save it again")
    return head


def is_workbook(head: bytes) -> bool:
    return head.startswith(_ZIP_MAGIC)


def refuse_other_kinds(head: bytes, name: str) -> None:
    """Raise InputError with the cure for what spreadsheets save that is neither CSV nor XLSX."""
    if head.startswith(_OLE_MAGIC):
        raise InputError(
            f"{name} is an .xls or .et workbook, or one with a password; open it in Excel or WPS"
            " and save it as .xlsx (Excel 工作簿), without a password"
        )
    if head.startswith(b"%PDF"):
        raise InputError(f"{name} is a PDF; ask for the table as .xlsx or CSV")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise InputError(
            f"{name} is a web page under a spreadsheet's name; open it in Excel or WPS and save it"
            " as .xlsx"
        )

"""XLSX workbooks opened with care: they come from anywhere."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from lingqu.errors import InputError

_UNPACKED_MOST = 512 * 1_048_576
_TEXTS_MOST = 64 * 1_048_576
_TEXTS = "xl/sharedStrings.xml"

# What openpyxl and what it stands on raise for a file that is no workbook, or a damaged one.
_DAMAGE = (
    InvalidFileException,
    BadZipFile,
    zlib.error,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


@contextmanager
def damage_told(name: str) -> Iterator[None]:
    """Turn what a damaged workbook leads to into one sentence."""
    try:
        yield
    except _DAMAGE as error:
        kind = type(error).__name__
        raise InputError(
            f"{name} is no workbook that can be read ({kind});"
            " open it in Excel or WPS and save it as .xlsx again"
        ) from error


def open_workbook(file: BinaryIO, name: str, *, read_only: bool) -> Workbook:
    """Return the workbook; raise InputError where it is none, or unpacks to too much."""
    file.seek(0)
    with damage_told(name):
        _refuse_bombs(file, name)
        return load_workbook(file, read_only=read_only, keep_links=False)


def _refuse_bombs(file: BinaryIO, name: str) -> None:
    with ZipFile(file) as archive:
        sizes = {part.filename: part.file_size for part in archive.infolist()}
    file.seek(0)
    if "[Content_Types].xml" not in sizes:
        raise InputError(f"{name} is a ZIP archive, not a workbook; unpack it, or save as .xlsx")
    if sum(sizes.values()) > _UNPACKED_MOST or sizes.get(_TEXTS, 0) > _TEXTS_MOST:
        raise InputError(
            f"{name} unpacks to more than {_UNPACKED_MOST >> 20} MiB; save its table as CSV UTF-8"
        )

"""Cells as values of events: each reader takes a text that is not empty, or raises CellError."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

from lingqu.clock import CHINA
from lingqu.domain_service.imports.reasons import (
    BAD_DAY,
    BAD_TIME,
    NO_AMOUNT,
    NOT_WHOLE,
    PARTS_OF_FEN,
    TOO_LARGE,
    UNKNOWN_WORD,
)
from lingqu.instants import days, milliseconds
from lingqu.sheets.cells import is_formula, plain, read_number
from lingqu.sheets.problems import DIGITS_LOST, FORMULA, NO_NUMBER, CellError, shown
from lingqu.sheets.times import read_moment

Reader = Callable[[str], Any]

_ROUNDED = re.compile(r"\d(?:\.\d+)?E\+\d{1,3}", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_BETWEEN = re.compile(r"[、;；,，\n|]")
_PLACES_OF_YUAN = 2
_PLACES_OF_WAN = 6
_MOST = Decimal(2**63 - 1)  # Avro's long
_SURE_DIGITS = 12  # with the places of a fen no more than that


def text(cell: str) -> str:
    """Return a name or sentence as it stands."""
    if is_formula(cell):
        raise CellError(FORMULA.about())
    return cell


def code(cell: str) -> str:
    """Return a code in plain characters, without spaces: ９１４３０１００ is 91430100.

    What a spreadsheet has made a rounded number of, such as 9.14E+17, is refused.
    """
    if cell.isalnum() and cell.isascii():
        return cell
    found = "".join(plain(text(cell)).split())
    if _ROUNDED.fullmatch(found):
        raise CellError(DIGITS_LOST.about())
    return found


def day(cell: str) -> int:
    """Return the days since 1970 of 2024-03-01, 2024/3/1, 2024年3月1日, 20240301."""
    try:
        moment = read_moment(cell, CHINA).at
    except (ValueError, OverflowError) as error:
        raise CellError(BAD_DAY.about(shown=shown(cell))) from error
    if moment.time() != time():
        raise CellError(BAD_DAY.about(shown=shown(cell)))
    return days(moment.date())


def instant(cell: str) -> int:
    """Return milliseconds since 1970; a time is China's, a day alone its beginning there."""
    try:
        return milliseconds(read_moment(cell, CHINA).at)
    except (ValueError, OverflowError) as error:
        raise CellError(BAD_TIME.about(shown=shown(cell))) from error


def whole(cell: str) -> int:
    """Return a whole number; thousands may be parted by commas."""
    found = _ungrouped(cell)
    try:
        number = _kept(Decimal(found), cell)
        if number == number.to_integral_value():
            return int(number)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    raise CellError(NOT_WHOLE.about(shown=shown(cell)))


def number(cell: str) -> float:
    try:
        return read_number(_ungrouped(cell))
    except ValueError as error:
        problem = FORMULA.about() if is_formula(cell) else NO_NUMBER.about(shown=shown(cell))
        raise CellError(problem) from error


def fen(cell: str) -> int:
    """Return the whole fen of an amount in yuan (元); raise CellError for parts of a fen."""
    return _fen(cell, "元", _PLACES_OF_YUAN)


def fen_of_wan(cell: str) -> int:
    """Return the whole fen of an amount in ten thousand yuan (万元)."""
    return _fen(cell, "万元", _PLACES_OF_WAN)


def texts(cell: str) -> list[str]:
    """Return several texts, parted by 、 or ; or a new line."""
    return [part for each in _BETWEEN.split(text(cell)) if (part := each.strip())]


def word(words: Mapping[str, Any]) -> Reader:
    """Return the reader of a choice: what a word stands for; that itself is understood too."""
    known = {**{str(value): value for value in words.values()}, **words}
    known |= {plain(spelled): value for spelled, value in known.items()}

    def read(cell: str) -> Any:
        for spelled in (cell, plain(cell)):
            if spelled in known:
                return known[spelled]
        raise CellError(UNKNOWN_WORD.about(shown=shown(cell), words="、".join(words)))

    return read


def _fen(cell: str, unit: str, places: int) -> int:
    """Return the amount in fen; `places` are the decimals that a fen has in the unit."""
    units, _, parts = cell.partition(".")
    quick = len(units) <= _SURE_DIGITS and len(parts) <= places
    if quick and (units + parts).isdecimal():  # nearly every amount
        return int(units + parts.ljust(places, "0"))
    found = _ungrouped(cell).lstrip("¥").removesuffix(unit).strip()
    try:
        amount = _kept(Decimal(found), cell, places).scaleb(places)
        whole_fen = int(amount)
    except (InvalidOperation, ValueError, OverflowError) as error:
        problem = (
            FORMULA.about() if is_formula(cell) else NO_AMOUNT.about(shown=shown(cell), unit=unit)
        )
        raise CellError(problem) from error
    if amount != whole_fen:
        raise CellError(PARTS_OF_FEN.about(shown=shown(cell)))
    return whole_fen


def _kept(number: Decimal, cell: str, places: int = 0) -> Decimal:
    """Return a number that a long holds once its point is moved; others can be without bound."""
    if number.is_finite() and number.copy_abs() > _MOST.scaleb(-places):
        raise CellError(TOO_LARGE.about(shown=shown(cell)))
    return number


def _ungrouped(cell: str) -> str:
    found = plain(cell)
    grouped = "," in found and _GROUPED.fullmatch(found.strip("¥元万 "))
    return found.replace(",", "") if grouped else found

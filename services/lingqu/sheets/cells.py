"""What stands in a cell: text made exact on the way in, and harmless on the way out."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from lingqu.sheets.problems import DIGITS_LOST, CellError

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_SIGNS_ONLY = re.compile(r"[-+－＋]+")
# The full-width forms begin a formula in Chinese locales.
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_EXACT_BELOW = 10**15  # a spreadsheet keeps 15 digits of a number


def plain(text: str) -> str:
    """Return text with full-width digits, letters and signs made plain, for numbers and times.

    Names keep what they have: this would also take Roman numerals and units apart.
    """
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def read_number(text: str) -> float:
    """Return the number, of any width of digits; raise ValueError where it is none."""
    found = plain(text)
    if not _NUMBER.fullmatch(found):
        raise ValueError(text)
    return float(found)


def is_formula(text: str) -> bool:
    return text.lstrip().startswith(("=", "＝"))


def exact_text(value: object, number_format: str = "") -> str:
    """Return a spreadsheet's value as text, to the digit; raise CellError where digits are lost."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float | Decimal):
        return _number_text(value)
    if isinstance(value, datetime):
        return _moment_text(value, number_format)
    return _other_text(value)


def _number_text(value: float | Decimal) -> str:
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        return str(value)
    if exact == exact.to_integral_value():
        if abs(exact) >= _EXACT_BELOW:
            raise CellError(DIGITS_LOST.about())
        return str(int(exact))
    return format(exact, "f")


def _moment_text(value: datetime, number_format: str) -> str:
    moment = value + timedelta(microseconds=500_000)  # serial numbers are off by parts of a second
    moment = moment.replace(microsecond=0)
    day_only = moment.time() == time() and "h" not in number_format.lower()
    return f"{moment:%Y-%m-%d}" if day_only else f"{moment:%Y-%m-%d %H:%M:%S}"


def _other_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def neutral(text: str) -> str:
    """Return text that no spreadsheet calculates: an apostrophe before what looks like a formula.

    Numbers, and the missing markers that are signs only, stay as they are.
    """
    if not text.startswith(_RISKY) or _NUMBER.fullmatch(text) or _SIGNS_ONLY.fullmatch(text):
        return text
    return f"'{text}"


def without_apostrophe(text: str) -> str:
    """Return what `neutral` was given: a returned copy comes back as it went."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_RISKY) else text

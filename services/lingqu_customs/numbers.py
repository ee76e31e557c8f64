"""The numbers of customs: read, told apart and checked against what else a document says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Direction = Literal["import", "export"]

# Flags of the 18-digit number; the single window's number has the letters I and E instead.
_FLAGS: dict[str, Direction] = {"1": "import", "0": "export"}
_LETTERS: dict[str, Direction] = {"I": "import", "E": "export"}
_CUSTOMS_NO = re.compile(r"([0-9]{4})((?:19|20)[0-9]{2})([01])([0-9]{9})")
_ITEM_NO = re.compile(r"([0-9]{18})0([0-9]{2})")
_SEQ_NO = re.compile(r"([IE])((?:19|20)[0-9]{2})([0-9]{13})")
_HS = re.compile(r"[0-9]{10}")
_CIQ = re.compile(r"[0-9]{13}")
_CUSTOMS_CODE = re.compile(r"[0-9A-Z]{10}")


@dataclass(frozen=True, slots=True)
class CustomsNo:
    """海关编号: district, year, flag (1 import, 0 export) and serial number, 18 digits."""

    district: str
    year: int
    direction: Direction
    serial: str

    def __str__(self) -> str:
        flag = "1" if self.direction == "import" else "0"
        return f"{self.district}{self.year:04}{flag}{self.serial}"


@dataclass(frozen=True, slots=True)
class SeqNo:
    """统一编号 of the single window: I or E, year and 13 digits (? unverified)."""

    direction: Direction
    year: int
    serial: str


def customs_no(text: str) -> CustomsNo | None:
    """Return the parts of an 18-digit number, None for what is none."""
    found = _CUSTOMS_NO.fullmatch(text)
    if found is None:
        return None
    district, year, flag, serial = found.groups()
    return CustomsNo(district, int(year), _FLAGS[flag], serial)


def item_of_customs_no(text: str) -> tuple[CustomsNo, int] | None:
    """Return number and item of the 21-digit form of export refunds: 18 digits, a 0, the item."""
    found = _ITEM_NO.fullmatch(text)
    number = customs_no(found[1]) if found else None
    if found is None or number is None or found[2] == "00":
        return None
    return number, int(found[2])


def seq_no(text: str) -> SeqNo | None:
    """Return the parts of a single-window number, None for what is none."""
    found = _SEQ_NO.fullmatch(text)
    return SeqNo(_LETTERS[found[1]], int(found[2]), found[3]) if found else None


def direction_of(declaration_no: str) -> Direction | None:
    """Return what the number of a declaration says of the direction, None where it is no number."""
    number = customs_no(declaration_no) or seq_no(declaration_no)
    return number.direction if number else None


def is_hs_code(text: str) -> bool:
    """Tell whether it has the form of a tariff code: 6 digits HS, 2 national, 2 additional."""
    return _HS.fullmatch(text) is not None


def is_ciq_code(text: str, hs_code: str) -> bool:
    """Tell whether it is the tariff code and 3 digits more, as since 2018 (? unverified)."""
    return _CIQ.fullmatch(text) is not None and text.startswith(hs_code)


def is_customs_code(text: str) -> bool:
    """Tell whether it has the form of an enterprise's 10-character customs code."""
    return _CUSTOMS_CODE.fullmatch(text) is not None

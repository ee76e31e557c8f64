"""The forms of customs' codes; those of declarations' numbers are rules of their contract."""

from __future__ import annotations

import re
from typing import Literal

Direction = Literal["import", "export"]

_HS = re.compile(r"[0-9]{10}")
_CIQ = re.compile(r"[0-9]{13}")
_CUSTOMS_CODE = re.compile(r"[0-9A-Z]{10}")


def is_hs_code(text: str) -> bool:
    """Tell whether it has the form of a tariff code: 6 digits HS, 2 national, 2 additional."""
    return _HS.fullmatch(text) is not None


def is_ciq_code(text: str, hs_code: str) -> bool:
    """Tell whether it is the tariff code and 3 digits more, as since 2018 (? unverified)."""
    return _CIQ.fullmatch(text) is not None and text.startswith(hs_code)


def is_customs_code(text: str) -> bool:
    """Tell whether it has the form of an enterprise's 10-character customs code."""
    return _CUSTOMS_CODE.fullmatch(text) is not None

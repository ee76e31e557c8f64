"""Natural persons in answers: never in clear."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_HIDDEN = "*"
# Family names of two characters that are met often; another one shows a character less.
_TWO = re.compile("欧阳|司马|上官|诸葛|司徒|东方|南宫|夏侯|皇甫|尉迟|公孙|慕容|令狐")
_NAMES = ("person_name", "legal_representative", "handled_by", "signed_off_by", "contact_name")
_NUMBERS = ("person_id_no", "legal_representative_id_no")
_PHONES = ("contact_phone",)


def masked_name(name: str) -> str:
    """Return the family name, or of three and more characters both ends: 张*, 张*三, 欧阳**."""
    if len(name) > 2 and _TWO.match(name):
        return name[:2] + _HIDDEN * (len(name) - 2)
    if len(name) <= 2:
        return name[:1] + _HIDDEN
    return name[0] + _HIDDEN * (len(name) - 2) + name[-1]


def masked_number(number: str) -> str:
    """Return a document's number with its first 6 and last 4 characters; a short one is hidden."""
    if len(number) < 15:
        return _HIDDEN * len(number)
    return number[:6] + _HIDDEN * (len(number) - 10) + number[-4:]


def masked_phone(phone: str) -> str:
    """Return a telephone number with its first 3 and last 4 digits: 138****1234."""
    if len(phone) < 11:
        return _HIDDEN * len(phone)
    return phone[:3] + _HIDDEN * (len(phone) - 7) + phone[-4:]


def masked(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as an answer may show it."""
    told = dict(document)
    for names, mask in (
        (_NAMES, masked_name),
        (_NUMBERS, masked_number),
        (_PHONES, masked_phone),
    ):
        for name in names:
            if told.get(name):
                told[name] = mask(told[name])
    return told

"""Natural persons in answers: never in clear."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

HIDDEN: Final = "*"
# Family names of two characters that are met often; another one shows a character less.
_TWO = re.compile("欧阳|司马|上官|诸葛|司徒|东方|南宫|夏侯|皇甫|尉迟|公孙|慕容|令狐")


def masked_name(name: str) -> str:
    """Return the family name, or of three and more characters both ends: 张*, 张*三, 欧阳**."""
    if len(name) > 2 and _TWO.match(name):
        return name[:2] + HIDDEN * (len(name) - 2)
    if len(name) <= 2:
        return name[:1] + HIDDEN
    return name[0] + HIDDEN * (len(name) - 2) + name[-1]


def masked_number(number: str) -> str:
    """Return a document's number with its first 6 and last 4 characters; a short one is hidden."""
    if len(number) < 15:
        return HIDDEN * len(number)
    return number[:6] + HIDDEN * (len(number) - 10) + number[-4:]


def masked_phone(phone: str) -> str:
    """Return a telephone number with its first 3 and last 4 digits: 138****1234."""
    if len(phone) < 11:
        return HIDDEN * len(phone)
    return phone[:3] + HIDDEN * (len(phone) - 7) + phone[-4:]


MASKS: Final[Mapping[str, Callable[[str], str]]] = {
    "person_name": masked_name,
    "legal_representative": masked_name,
    "handled_by": masked_name,
    "signed_off_by": masked_name,
    "contact_name": masked_name,
    "person_id_no": masked_number,
    "legal_representative_id_no": masked_number,
    "contact_phone": masked_phone,
}


def masked(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as an answer may show it."""
    told = dict(document)
    for field, mask in MASKS.items():
        if told.get(field):
            told[field] = mask(told[field])
    return told

"""The field codes of 双公示 (2018): CF_ of penalties, XK_ of licences."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_OF_SUBJECT: Final = {
    "subject_name": "XDR_MC",
    "subject_type": "XDR_LB",
    "uscc": "XDR_SHXYM",
    "registration_no": "XDR_GSZC",
    "organisation_code": "XDR_ZZJG",
    "tax_no": "XDR_SWDJ",
    "institution_no": "XDR_SYDW",
    "society_no": "XDR_SHZZ",
    "person_id_type": "XDR_ZJLX",
    "person_id_no": "XDR_ZJHM",
    "legal_representative": "FRDB",
    "legal_representative_id_type": "FR_ZJLX",
    "legal_representative_id_no": "FR_ZJHM",
}
_OF_PENALTY: Final = {
    "document_no": "WSH",
    "violation_type": "WFXW",
    "facts": "SY",
    "basis": "YJ",
    "penalty_type": "CFLB",
    "content": "NR",
    "fine_fen": "NR_FK",
    "confiscated_fen": "NR_WFFF",
    "revoked_certificate": "NR_ZKDX",
    "decided_on": "JDRQ",
    "valid_until": "YXQ",
    "publish_until": "GSJZQ",
    "authority": "CFJG",
    "authority_uscc": "CFJGDM",
    "source_organisation": "SJLY",
    "source_organisation_uscc": "SJLYDM",
}
_OF_LICENCE: Final = {
    "document_name": "XKWS",
    "document_no": "WSH",
    "licence_type": "XKLB",
    "certificate_name": "XKZS",
    "certificate_no": "XKBH",
    "content": "NR",
    "decided_on": "JDRQ",
    "valid_from": "YXQZ",
    "valid_until": "YXQZI",
    "authority": "XKJG",
    "authority_uscc": "XKJGDM",
    "licence_status": "ZT",
    "source_organisation": "LYDW",
    "source_organisation_uscc": "LYDWDM",
}


def _coded(prefix: str, own: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    fields = {**_OF_SUBJECT, **own}
    codes: dict[str, tuple[str, ...]] = {
        field: (f"{prefix}_{code}",) for field, code in fields.items()
    }
    codes["uscc"] = (*codes["uscc"], "行政相对人代码_1", "行政相对人代码_1(统一社会信用代码)")
    return codes | {"note": ("BZ",)}


PENALTY_CODES: Final = MappingProxyType(_coded("CF", _OF_PENALTY))
_LICENCE = _coded("XK", _OF_LICENCE)
# An older edition called it so.
_LICENCE["legal_representative_id_no"] = ("XK_FR_ZJHM", "XK_FR_SFZH")
LICENCE_CODES: Final = MappingProxyType(_LICENCE)
CODES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {"penalty": PENALTY_CODES, "licence": LICENCE_CODES}
)

"""The words of tables as the codes of readings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from lingqu.domain_service.imports.reasons import EMPTY, UNKNOWN_WORD
from lingqu.sheets.cells import is_formula, plain
from lingqu.sheets.problems import FORMULA, CellError, shown
from lingqu_water.forms.reasons import UNKNOWN_CLASS, UNKNOWN_REGION
from lingqu_water.forms.values import is_missing
from lingqu_water.sections.table import Regions

METHODS: Final = MappingProxyType({"自动": "auto", "手工": "manual", "联合": "joint"})
LEVELS: Final = MappingProxyType({"实时": "raw", "审核": "reviewed", "入库": "final"})
VALIDITIES: Final = MappingProxyType({"有效": "valid", "存疑": "doubtful", "无效": "invalid"})
WATER_BODIES: Final = MappingProxyType({"河流": "river", "湖库": "lake"})
YES_NO: Final = MappingProxyType({"是": True, "否": False})

_BODY = re.compile(r"X-[A-Z0-9-]+", re.ASCII)
CLASSES: Final = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")
_CLASS_SPELLED = {
    spelled: CLASSES[place]
    for place, spellings in enumerate(
        [("I", "1"), ("II", "2"), ("III", "3"), ("IV", "4"), ("V", "5"), ("劣V", "6")]
    )
    for spelled in spellings
}

IN_ORDER: Final = "正常"
UNKNOWN_STATUS: Final = "站点情况不明"
_DOUBTS: Mapping[str, str] = MappingProxyType(
    {each: f"站点{each}" for each in ("维护", "停站", "不具备运行条件")}
)


class Standing(NamedTuple):
    """What a station's state says of its readings."""

    status: str | None
    validity: str
    reason: str | None


def read_name(text: str) -> str:
    """Return a name as it stands; raise CellError where there is none."""
    found = text.strip()
    if is_missing(found):
        raise CellError(EMPTY.about())
    if is_formula(found):
        raise CellError(FORMULA.about())
    return found


def read_optional(text: str) -> str | None:
    """Return a text, None where it is missing."""
    return None if is_missing(text) else read_name(text)


def read_region(regions: Regions, text: str) -> str:
    """Return the code of a province's name, or a code as it stands."""
    found = read_name(text)
    for name in (found, f"{found}省", f"{found}市"):
        code = regions.code(name)
        if code is not None:
            return code
    code = plain(found)
    is_code = code.isascii() and code.isdigit() and len(code) in {2, 4, 6}
    if (is_code and code[:2] in regions.entries) or _BODY.fullmatch(code):
        return code
    raise CellError(UNKNOWN_REGION.about(shown=shown(text)))


def read_class(text: str) -> str | None:
    """Return the published class, None where there is none."""
    if is_missing(text):
        return None
    found = plain(text).upper().removesuffix("类")
    known = _CLASS_SPELLED.get(found)
    if known is None:
        raise CellError(UNKNOWN_CLASS.about(shown=shown(text)))
    return known


def read_status(text: str) -> Standing:
    """Return what the station's state says: only of one in order are readings beyond doubt."""
    status = None if is_missing(text) else text.strip()
    if status == IN_ORDER:
        return Standing(status, "valid", None)
    return Standing(status, "doubtful", _DOUBTS.get(status or "", UNKNOWN_STATUS))


def read_word(words: Mapping[str, object], text: str) -> object:
    """Return what a word stands for; raise CellError naming those that may be chosen."""
    found = text.strip()
    if found not in words:
        known = "、".join(words)
        raise CellError(UNKNOWN_WORD.about(shown=shown(text), words=known))
    return words[found]

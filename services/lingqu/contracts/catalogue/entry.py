"""The catalogue entry 资源目录 of a contract: what each of its fields is called and may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

SHARE_TYPES: Final = ("无条件", "有条件", "不予")
SHARE_MODES: Final = ("接口", "库表", "文件", "消息")

# GB 32100-2015: 31 characters, weights 3^i mod 31.
_USCC_CHARACTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))

# 编制指南(试行) 2017 writes class (1), item (2), division (3) and serial number as 211001/000001;
# provinces have forms of their own, so only what no code is gets refused.
_CODE = re.compile(r"[0-9A-Za-z]+([-./_][0-9A-Za-z]+)*")
_CODE_LENGTHS: Final = range(6, 65)

_CYCLE = re.compile(r"每(?P<count>\d{1,3}|半)?个?(?P<unit>分钟|小时|天|日|周|月|季度|年)")
_UNITS: Mapping[str, timedelta] = MappingProxyType(
    {
        "分钟": timedelta(minutes=1),
        "小时": timedelta(hours=1),
        "天": timedelta(days=1),
        "日": timedelta(days=1),
        "周": timedelta(weeks=1),
        "月": timedelta(days=31),
        "季度": timedelta(days=92),
        "年": timedelta(days=366),
    }
)
_NO_PERIOD: Final = ("实时", "不定期")


class Wrong(NamedTuple):
    """Why a field cannot hold what it holds, cause and cure, in both languages."""

    text: str
    text_zh: str


@dataclass(frozen=True, slots=True)
class EntryField:
    """One field of the entry, under the name that offices know it by."""

    name: str
    heading: str
    help: str
    choices: tuple[str, ...] = ()


FIELDS: Final = (
    EntryField("resource_code", "资源代码", "省级目录系统赋予的代码,如 211001/000001"),
    EntryField("abstract", "资源摘要", "一两句话:内容、来源、用途"),
    EntryField("provider_uscc", "提供方代码", "提供部门的统一社会信用代码,18 位"),
    EntryField("share_type", "共享类型", "不予共享的须在共享条件中写明依据", SHARE_TYPES),
    EntryField("share_condition", "共享条件", "有条件共享的条件,或不予共享的依据"),
    EntryField("share_mode", "共享方式", "主题上的事件为消息", SHARE_MODES),
    EntryField("update_cycle", "更新周期", "实时、不定期,或 每4小时、每日、每月、每半年"),
    EntryField("data_range", "数据范围", "时间和空间范围"),
    EntryField("published_on", "发布日期", "如 2026-03-01"),
)
NAMES: Final = tuple(field.name for field in FIELDS)
HEADINGS: Mapping[str, str] = MappingProxyType({field.name: field.heading for field in FIELDS})


def wrong_fields(entry: Mapping[str, str]) -> dict[str, Wrong]:
    """Return what is wrong by field; what is empty is not, unless another field asks for it."""
    return dict(_wrong(entry))


def missing_fields(entry: Mapping[str, str]) -> list[str]:
    """Return the fields that an entry needs before it can be published."""
    needless = {"share_mode"} if entry["share_type"] == "不予" else set()
    if entry["share_type"] == "无条件":
        needless.add("share_condition")
    return [name for name in NAMES if not entry[name] and name not in needless]


def update_period(cycle: str) -> timedelta | None:
    """Return how long an update may be awaited, None where there is no period.

    A month has 31 days here, so that none is late for being long. Raises ValueError for other text.
    """
    if cycle in _NO_PERIOD:
        return None
    found = _CYCLE.fullmatch(cycle)
    if found is None or found["count"] == "0":
        raise ValueError(cycle)
    unit = _UNITS[found["unit"]]
    if found["count"] == "半":
        return unit / 2
    return unit * int(found["count"] or 1)


def is_uscc(code: str) -> bool:
    """Say whether it is a social credit code: 18 characters of GB 32100-2015, the last a check."""
    if len(code) != 18 or any(each not in _USCC_CHARACTERS for each in code):
        return False
    values = [_USCC_CHARACTERS.index(each) for each in code]
    total = sum(value * weight for value, weight in zip(values, _USCC_WEIGHTS, strict=False))
    return values[17] == -total % 31


def _wrong(entry: Mapping[str, str]) -> Iterator[tuple[str, Wrong]]:
    code = entry["resource_code"]
    if code and (len(code) not in _CODE_LENGTHS or not _CODE.fullmatch(code)):
        yield "resource_code", _NO_CODE
    if entry["provider_uscc"] and not is_uscc(entry["provider_uscc"]):
        yield "provider_uscc", _NO_USCC
    for field in FIELDS:
        if field.choices and entry[field.name] not in ("", *field.choices):
            yield field.name, _not_among(field.choices)
    if entry["share_type"] in {"有条件", "不予"} and not entry["share_condition"]:
        yield "share_condition", _NO_CONDITION
    if entry["share_type"] == "不予" and entry["share_mode"]:
        yield "share_mode", _NOT_SHARED
    if entry["update_cycle"] and not _is_cycle(entry["update_cycle"]):
        yield "update_cycle", _NO_CYCLE
    if entry["published_on"] and not _is_day(entry["published_on"]):
        yield "published_on", _NO_DAY


def _is_cycle(text: str) -> bool:
    try:
        update_period(text)
    except ValueError:
        return False
    return True


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _not_among(choices: tuple[str, ...]) -> Wrong:
    said = "、".join(choices)
    return Wrong(f"is none of {said}; write one of them", f"只能是 {said} 之一,请改写")


_NO_CODE = Wrong(
    "is no resource code; write the one your catalogue gave, 6 to 64 letters, digits and - . / _",
    "不是资源代码,请填写目录系统赋予的代码(6 至 64 位字母、数字和 - . / _)",
)
_NO_USCC = Wrong(
    "is no social credit code: 18 characters, the last a check digit; copy it from the certificate",
    "不是有效的统一社会信用代码(18 位,末位为校验码),请按证书填写",
)
_NO_CONDITION = Wrong(
    "is empty; say on which condition the data are shared, or on which basis they are not",
    "未填写;有条件共享须写明条件,不予共享须写明依据",
)
_NOT_SHARED = Wrong(
    "is given although the data are not shared (不予); empty it, or change share_type",
    "不予共享的资源没有共享方式,请清空,或修改共享类型",
)
_NO_CYCLE = Wrong(
    "is no cycle; write 实时, 不定期, or 每 with a period such as 每4小时, 每日, 每月, 每半年",
    "不是更新周期,请写 实时、不定期,或 每4小时、每日、每月、每半年 这样的周期",
)
_NO_DAY = Wrong(
    "is no day; write it as 2026-03-01",
    "不是日期,请写作 2026-03-01",
)

"""Why a row was refused after its cells were read, said as for a cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lingqu.domain_service.imports.form import CellRefusal
from lingqu.errors import Reason
from lingqu.sheets.problems import Problem

_IN_CHINESE: Final[Mapping[str, str]] = {
    "missing_field": "缺少必填内容",
    "rule_broken": "不符合数据契约的规则",
    "too_large": "内容过大,请拆分",
    "undecodable": "内容不符合数据契约的字段类型",
    "wrong_key": "无法生成记录主键,请填写主键各列",
    "wrong_region": "来源区域不在本节点范围内",
}
_NOT_TAKEN: Final = "未予接收"
_FIRST_CHINESE: Final = "\u2e80"


def refusal_of(reason: Reason, headings: Mapping[str, str]) -> CellRefusal:
    """Return the refusal, under the heading of the field that the reason names, if it is there.

    A contract's messages say the Chinese first and then the English.
    """
    return CellRefusal(
        headings.get(reason.field or "", ""), Problem(reason.code, reason.detail, _chinese(reason))
    )


def _chinese(reason: Reason) -> str:
    said, stop, _ = reason.detail.rpartition("。")
    if stop and said > _FIRST_CHINESE:
        return f"{said}。"
    return f"{_IN_CHINESE.get(reason.code, _NOT_TAKEN)}({reason.detail})"

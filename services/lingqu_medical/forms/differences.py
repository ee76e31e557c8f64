"""The columns of a reconciliation's differing rows."""

from __future__ import annotations

from lingqu.domain_service.imports import readers, writers
from lingqu.domain_service.imports.column import Column

_KINDS = {
    "本方缺失": "missing_here",
    "对方缺失": "missing_there",
    "金额不同": "different_amounts",
}
_YES_NO = {"是": True, "否": False}


def _fen(heading: str, field: str) -> Column:
    return Column(heading, field, readers.fen, kind="number", write=writers.fen, help="单位:元")


def _choice(heading: str, field: str, words: dict[str, object]) -> Column:
    return Column(heading, field, readers.word(words), choices=words, write=writers.word(words))


DIFFERENCES = (
    Column("结算或冲销编号", "id", readers.code),
    _choice("退费标志", "refunded", dict(_YES_NO)),
    _choice("差异类型", "kind", dict(_KINDS)),
    _fen("本方医疗费总额", "here_medfee_fen"),
    _fen("对方医疗费总额", "there_medfee_fen"),
    _fen("本方基金支付总额", "here_fund_fen"),
    _fen("对方基金支付总额", "there_fund_fen"),
    _fen("本方个人账户支出", "here_account_fen"),
    _fen("对方个人账户支出", "there_account_fen"),
)

"""The columns of clearing statements as a spreadsheet."""

from __future__ import annotations

from lingqu.domain_service.imports import readers, writers
from lingqu.domain_service.imports.column import Column

_STATES = {
    "已生成": "generated",
    "就医地已确认": "confirmed_by_treatment",
    "参保地已确认": "confirmed_by_insured",
    "已回退": "returned",
    "已申请用款": "funds_requested",
    "已拨付": "paid",
    "已办结": "closed",
}


def _fen(heading: str, field: str) -> Column:
    return Column(heading, field, readers.fen, kind="number", write=writers.fen)


def _whole(heading: str, field: str) -> Column:
    return Column(heading, field, readers.whole, kind="number")


STATEMENTS = (
    Column("清算期", "period"),
    Column("参保省", "insured_region", readers.code),
    Column("就医省", "treatment_region", readers.code),
    Column("险种类型", "insutype", readers.code),
    _whole("版本", "version"),
    _whole("结算笔数", "settlement_count"),
    _whole("冲销笔数", "reversal_count"),
    _whole("暂缓笔数", "held_count"),
    _fen("医疗费总额", "medfee_sumamt_fen"),
    _fen("应清算金额", "amount_fen"),
    _fen("个人账户支出", "acct_pay_fen"),
    Column(
        "清算状态",
        "state",
        readers.word(_STATES),
        choices=dict(_STATES),
        write=writers.word(_STATES),
    ),
    Column("办理期限", "due_on", readers.day, write=writers.day),
)

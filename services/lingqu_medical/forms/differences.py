"""The columns of a reconciliation's differing rows, and of the platform's rows."""

from __future__ import annotations

from lingqu.domain_service.imports import readers, writers
from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.imports.record_form import RecordForm

_KINDS = {
    "本方缺失": "missing_here",
    "对方缺失": "missing_there",
    "金额不同": "different_amounts",
}
_YES_NO = {"是": True, "否": False}


def _fen(heading: str, field: str, *, required: bool = False, default: int | None = None) -> Column:
    return Column(
        heading,
        field,
        readers.fen,
        required=required,
        default=default,
        kind="number",
        write=writers.fen,
        other_headings=(field.removesuffix("_fen"),),
        help="单位:元",
        units={"元": readers.fen, "万元": readers.fen_of_wan},
    )


def _choice(heading: str, field: str, words: dict[str, object], default: object) -> Column:
    return Column(
        heading,
        field,
        readers.word(words),
        choices=words,
        default=default,
        write=writers.word(words),
    )


DIFFERENCES = (
    Column("结算或冲销编号", "id", readers.code),
    _choice("退费标志", "refunded", dict(_YES_NO), default=False),
    _choice("差异类型", "kind", dict(_KINDS), default=None),
    _fen("本方医疗费总额", "here_medfee_fen"),
    _fen("对方医疗费总额", "there_medfee_fen"),
    _fen("本方基金支付总额", "here_fund_fen"),
    _fen("对方基金支付总额", "there_fund_fen"),
    _fen("本方个人账户支出", "here_account_fen"),
    _fen("对方个人账户支出", "there_account_fen"),
)


def platform_form() -> RecordForm:
    """Return the form of the platform's detailed account (3202), as it is saved as a table."""
    return RecordForm(
        "platform",
        "国家平台明细账",
        (
            Column("结算编号", "id", readers.code, required=True, other_headings=("setl_id",)),
            Column("险种类型", "insutype", readers.code, default=""),
            Column("清算类别", "clr_type", readers.code, default=""),
            _choice("退费标志", "refunded", {**_YES_NO, "1": True, "0": False}, default=False),
            _fen("医疗费总额", "medfee_sumamt_fen", default=0),
            _fen("基金支付总额", "fund_pay_sumamt_fen", required=True),
            _fen("个人账户支出", "acct_pay_fen", default=0),
            Column("报文编号", "msgid", readers.code),
        ),
    )

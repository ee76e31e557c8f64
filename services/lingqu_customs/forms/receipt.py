"""The form of receipts: a row a receipt, as the single window's lists show them."""

from __future__ import annotations

from lingqu.domain_service.imports import readers, writers
from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.statements.noun import Document

NAME = "receipt"

FAMILIES = {
    "单一窗口": "single_window",
    "跨境电商": "ceb",
    "舱单": "manifest",
    "本平台操作": "hub",
}
COLUMNS = (
    Column(
        "申报单号",
        "declaration_no",
        read=readers.code,
        required=True,
        help="统一编号,或 18 位海关编号",
        other_headings=("统一编号", "海关编号"),
        example="E20260000000000001",
    ),
    Column(
        "回执编号",
        "receipt_id",
        read=readers.text,
        help="没有的,按回执代码和时间生成",
        example="示例回执-1",
    ),
    Column(
        "回执系列",
        "family",
        read=readers.word(FAMILIES),
        write=writers.word(FAMILIES),
        choices=FAMILIES,
        default="single_window",
        help="空则为单一窗口",
        example="单一窗口",
    ),
    Column(
        "回执代码",
        "code",
        read=readers.code,
        required=True,
        help="区分大小写:B 担保放行,b 已发审核",
        other_headings=("回执状态", "状态代码"),
        example="L",
    ),
    Column(
        "回执时间",
        "event_at",
        read=readers.instant,
        write=writers.instant,
        required=True,
        other_headings=("通知时间",),
        example="2026-06-01 10:05",
    ),
    Column(
        "接收时间",
        "received_at",
        read=readers.instant,
        write=writers.instant,
        help="空则与回执时间相同",
    ),
    Column("关区代码", "office", read=readers.code, example="4900"),
)


def receipt_form() -> RecordForm:
    """Return the form; no receipt in it is refused for what it says."""
    return RecordForm(NAME, "报关单回执", COLUMNS, complete=_complete)


def _complete(statement: Document) -> Document:
    named = statement.get("receipt_id") or (
        f"{statement['family']}-{statement['code']}-{statement['event_at']}"
    )
    received = statement.get("received_at")
    return statement | {
        "receipt_id": named,
        "received_at": statement["event_at"] if received is None else received,
    }

from __future__ import annotations

import pytest

from lingqu.domain_service.imports.refused_row import refusal_of
from lingqu.errors import Reason

HEADINGS = {"fee_fen": "收费金额"}


@pytest.mark.parametrize(
    ("reason", "column", "said"),
    [
        (Reason("rule_broken", "金额不为负。Never below zero.", "r"), "", "金额不为负。"),
        (
            Reason("undecodable", "field 'fee_fen' is too large", field="fee_fen"),
            "收费金额",
            "内容不符合数据契约的字段类型(field 'fee_fen' is too large)",
        ),
        (Reason("rejected", "B-1 is another's"), "", "未予接收(B-1 is another's)"),
    ],
)
def test_a_refused_row_is_told_in_chinese_under_the_heading_of_its_field(
    reason: Reason, column: str, said: str
) -> None:
    refusal = refusal_of(reason, HEADINGS)
    assert (refusal.column, refusal.problem.reason_zh) == (column, said)
    assert refusal.problem.reason == reason.detail

"""Statements of our own people are judged by the code tables, field by field."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from lingqu_customs.checks import Checks

CHECKS = Checks.load()
DECLARED: dict[str, Any] = {
    "declaration_no": "E20260000000000001",
    "customs_no": "490020260000000001",
    "declare_office": "4900",
    "entry_exit_office": "5316",
    "declared_at": int(datetime(2026, 6, 1, tzinfo=UTC).timestamp() * 1000),
    "transport_mode": "3",
    "supervision_mode": "0110",
    "owner_uscc": "91430102616831072Q",
    "goods": [{"item_no": 1, "hs_code": "0203291000", "ciq_code": "0203291000101"}],
}
LEVEL: dict[str, Any] = {
    "enterprise_code": "91430102616831072Q",
    "valid_from": (date(2026, 4, 1) - date(1970, 1, 1)).days,
    "scheme": "282",
    "level": "certified",
    "office": "4900",
}


def test_a_right_statement_has_no_problems() -> None:
    assert list(CHECKS.problems("declaration", DECLARED)) == []
    assert list(CHECKS.problems("level", LEVEL)) == []
    assert CHECKS.first("declaration", DECLARED) is None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("declare_office", "0000", "no direct district begins with 00"),
        ("entry_exit_office", "5100", "has offices of its own"),
        ("owner_uscc", "91430102616831072A", "check digit should be 'Q'"),
        ("transport_mode", "A", "is no 运输方式"),
        ("supervision_mode", "3039", "was not in force on 2026-06-01"),
        ("customs_no", "516520260000000001", "begins with district 5165"),
        ("goods", [{"item_no": 1, "hs_code": "0203"}], "a 商品编号 has 10 digits"),
        (
            "goods",
            [{"item_no": 2, "hs_code": "0203291000", "ciq_code": "1"}],
            "item 2: a 检验检疫编码",
        ),
    ],
)
def test_a_wrong_field_is_named_with_its_cure(field: str, value: object, said: str) -> None:
    (wrong,) = CHECKS.problems("declaration", DECLARED | {"customs_no": None, field: value})

    assert wrong.field == field
    assert said in wrong.sentence
    assert wrong.sentence_zh
    reason = wrong.reason()
    assert (reason.code, reason.field) == ("rejected", field)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("enterprise_code", "430191000", "enterprise_code"),
        ("level", "other", "level"),
        ("scheme", "251", "level"),
    ],
)
def test_a_level_is_of_the_order_in_force(field: str, value: object, named: str) -> None:
    assert [wrong.field for wrong in CHECKS.problems("level", LEVEL | {field: value})] == [named]


def test_a_customs_code_names_an_enterprise_too() -> None:
    assert CHECKS.first("level", LEVEL | {"enterprise_code": "4301910000"}) is None

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.support.builders import contract_folder

from lingqu.contracts.catalogue.entry import (
    NAMES,
    is_uscc,
    missing_fields,
    update_period,
    wrong_fields,
)
from lingqu.contracts.loader import load_catalogue
from lingqu.errors import ContractError

WHOLE = {
    "resource_code": "211001/000001",
    "abstract": "监测结果",
    "provider_uscc": "91430102616831072Q",
    "share_type": "有条件",
    "share_condition": "用于评价",
    "share_mode": "消息",
    "update_cycle": "每4小时",
    "data_range": "湘江",
    "published_on": "2026-03-01",
}


def test_a_whole_entry_lacks_nothing_and_an_empty_one_is_not_wrong() -> None:
    empty = dict.fromkeys(NAMES, "")
    assert (wrong_fields(WHOLE), missing_fields(WHOLE)) == ({}, [])
    assert (wrong_fields(empty), missing_fields(empty)) == ({}, list(NAMES))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("resource_code", "2110"),
        ("resource_code", "2.11E+12"),
        ("resource_code", "211001 / 000001"),
        ("provider_uscc", "91430102616831072X"),
        ("share_type", "部分"),
        ("share_condition", ""),
        ("share_mode", "邮件"),
        ("update_cycle", "偶尔"),
        ("update_cycle", "每0天"),
        ("published_on", "2026-02-30"),
        ("published_on", "20260301"),
    ],
)
def test_what_no_field_may_hold_is_told_in_both_languages(field: str, value: str) -> None:
    ((name, wrong),) = wrong_fields({**WHOLE, field: value}).items()
    assert name == field
    assert wrong.text
    assert wrong.text_zh


def test_what_is_not_shared_needs_its_basis_and_has_no_way() -> None:
    refused = {**WHOLE, "share_type": "不予"}
    assert list(wrong_fields(refused)) == ["share_mode"]
    settled = {**refused, "share_mode": ""}
    assert (wrong_fields(settled), missing_fields(settled)) == ({}, [])
    assert list(wrong_fields({**settled, "share_condition": ""})) == ["share_condition"]


# Codes of registered companies, whose check digits were reproduced.
@pytest.mark.parametrize(
    "code",
    ["91430102616831072Q", "914301116168309775", "91431000772257316L", "9143000018380908X1"],
)
def test_the_last_character_of_a_social_credit_code_is_its_check(code: str) -> None:
    assert is_uscc(code)
    assert not is_uscc(code[:-1] + ("0" if code[-1] != "0" else "1"))


def test_a_social_credit_code_is_in_capitals_and_has_18_characters() -> None:
    assert not is_uscc("91430102616831072q")
    assert not is_uscc("91430102616831072")
    assert not is_uscc("9143010261683107I2")


@pytest.mark.parametrize(
    ("cycle", "period"),
    [
        ("实时", None),
        ("不定期", None),
        ("每4小时", timedelta(hours=4)),
        ("每10分钟", timedelta(minutes=10)),
        ("每日", timedelta(days=1)),
        ("每周", timedelta(weeks=1)),
        ("每2个月", timedelta(days=62)),
        ("每季度", timedelta(days=92)),
        ("每半年", timedelta(days=183)),
    ],
)
def test_a_cycle_is_a_time(cycle: str, period: timedelta | None) -> None:
    assert update_period(cycle) == period


def test_a_wrong_entry_is_told_with_its_place(tmp_path: Path) -> None:
    wrong = {"update_cycle": "偶尔", "published_on": date(2026, 3, 1)}
    folder = contract_folder(tmp_path, catalogue=wrong)
    with pytest.raises(
        ContractError, match=r"contract\.yaml: catalogue: update_cycle '偶尔' is no cycle; write"
    ):
        load_catalogue(folder)


def test_a_day_may_stand_without_quotes_and_examples_are_marked(tmp_path: Path) -> None:
    entry = {"published_on": date(2026, 3, 1), "unverified": ["published_on"]}
    (contract,) = load_catalogue(contract_folder(tmp_path, catalogue=entry))
    assert contract.entry.published_on == "2026-03-01"
    assert contract.entry.unverified == ("published_on",)

from __future__ import annotations

import pytest
import yaml

from lingqu.contracts.catalogue.text import with_catalogue
from lingqu.errors import ContractError

HEAD = """\
title_zh: 演示  # the name on the door
title_en: Demonstration
steward: Nobody
legal_basis: none

key: [station]

# Nothing below is certain.
"""
TAIL = """\

rules:
  - name: positive   # always
    expression: value > 0
    message: "above: zero"
"""
ENTRY = """\
catalogue:
  # what it is
  abstract: 一行  # short
  share_type: 有条件
  share_condition: >-
    用于
    评价

  # how often
  update_cycle: ""
"""


def test_only_the_values_change() -> None:
    text = with_catalogue(
        HEAD + ENTRY + TAIL,
        "新名称",
        {"abstract": "两行: 甲 # 乙", "share_condition": "仅限", "update_cycle": "每日"},
        "f",
    )
    assert text == HEAD.replace("演示", "新名称") + TAIL.join(
        [
            """\
catalogue:
  # what it is
  abstract: '两行: 甲 # 乙'  # short
  share_type: 有条件
  share_condition: 仅限

  # how often
  update_cycle: 每日
""",
            "",
        ]
    )


def test_a_new_setting_goes_below_the_last_one() -> None:
    text = with_catalogue(
        HEAD + ENTRY + TAIL, None, {"published_on": "2026-03-01", "unverified": ("abstract",)}, "f"
    )
    below = "  published_on: '2026-03-01'\n  unverified: [abstract]\n\nrules"
    assert f'update_cycle: ""\n{below}' in text
    assert yaml.safe_load(text)["catalogue"]["abstract"] == "一行"


@pytest.mark.parametrize("section", ["", "catalogue: {}\n"])
def test_a_section_that_is_not_there_is_made(section: str) -> None:
    text = with_catalogue(HEAD + section + TAIL, None, {"abstract": "甲", "data_range": "湘"}, "f")
    document = yaml.safe_load(text)
    assert document["catalogue"] == {"abstract": "甲", "data_range": "湘"}
    assert document["rules"][0]["message"] == "above: zero"
    assert "# always" in text


@pytest.mark.parametrize(
    "value",
    [
        "=1+1",
        "- a",
        "yes",
        "2026-03-01",
        "9143",
        "a: b",
        "[x]",
        "'",
        '"',
        "多 # 行",
        "\\n",
        "a\n b",
        "甲, 乙",
    ],
)
def test_whatever_a_value_looks_like_it_stays_that_text(value: str) -> None:
    text = with_catalogue(HEAD + ENTRY + TAIL, value, {"abstract": value}, "f")
    document = yaml.safe_load(text)
    assert (document["title_zh"], document["catalogue"]["abstract"]) == (value, value)


def test_a_file_that_would_be_no_contract_any_more_is_refused() -> None:
    with pytest.raises(ContractError, match=r"^f: .*share_type"):
        with_catalogue(HEAD + ENTRY + TAIL, None, {"share_type": "部分"}, "f")
    with pytest.raises(ContractError, match="stands in braces"):
        with_catalogue(HEAD + "catalogue: {abstract: a}\n", None, {"data_range": "b"}, "f")


@pytest.mark.parametrize("there", ["", "catalogue: {}\n", "catalogue:\n  abstract: a\nrules: []\n"])
def test_added_lines_end_as_the_files_do(there: str) -> None:
    text = f"{HEAD}{there}".replace("\n", "\r\n")
    changed = with_catalogue(text, "新", {"share_condition": "c"}, "contract.yaml")
    assert changed.count("\n") == changed.count("\r\n")

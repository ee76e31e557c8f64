from __future__ import annotations

import pytest

from lingqu.sheets.problems import CellError
from lingqu_water.forms.words import (
    METHODS,
    Standing,
    read_class,
    read_name,
    read_region,
    read_status,
    read_word,
)
from lingqu_water.sections.table import load_regions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ⅱ", "Ⅱ"),
        ("II", "Ⅱ"),
        ("Ⅱ类", "Ⅱ"),
        ("2", "Ⅱ"),
        ("劣Ⅴ", "劣Ⅴ"),
        ("劣V类", "劣Ⅴ"),
        ("6", "劣Ⅴ"),
        ("-1", None),
        ("*", None),
        ("--", None),
        ("", None),
    ],
)
def test_classes_are_read_in_the_spellings_of_all_feeds(text: str, found: str | None) -> None:
    assert read_class(text) == found


@pytest.mark.parametrize("text", ["0", "7", "VI", "良好", "Ⅵ"])
def test_other_classes_are_refused(text: str) -> None:
    with pytest.raises(CellError, match="no water class"):
        read_class(text)


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        ("正常", Standing("正常", "valid", None)),
        ("维护", Standing("维护", "doubtful", "站点维护")),
        ("停站", Standing("停站", "doubtful", "站点停站")),
        ("不具备运行条件", Standing("不具备运行条件", "doubtful", "站点不具备运行条件")),
        ("调试", Standing("调试", "doubtful", "站点情况不明")),
        ("--", Standing(None, "doubtful", "站点情况不明")),
    ],
)
def test_only_a_station_in_order_gives_readings_beyond_doubt(text: str, standing: Standing) -> None:
    assert read_status(text) == standing


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("湖南省", "43"),
        ("湖南", "43"),
        ("重庆", "50"),
        ("广西", "45"),
        ("43", "43"),
        ("４３", "43"),
        ("4306", "4306"),
        ("X-CJW", "X-CJW"),
    ],
)
def test_regions_are_read_by_name_or_code(text: str, code: str) -> None:
    assert read_region(load_regions(), text) == code


@pytest.mark.parametrize("text", ["", "*", "湘", "99", "430", "=A1", "X-示例"])
def test_other_regions_are_refused(text: str) -> None:
    with pytest.raises(CellError):
        read_region(load_regions(), text)


def test_names_keep_their_full_width_signs() -> None:
    assert read_name(" 广北滨河路(桥） ") == "广北滨河路(桥）"


def test_a_word_that_is_not_listed_names_those_that_are() -> None:
    with pytest.raises(CellError, match="none of 自动、手工、联合"):
        read_word(METHODS, "人工")

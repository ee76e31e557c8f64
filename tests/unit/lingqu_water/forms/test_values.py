from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.sheets.problems import CellError
from lingqu_water.forms.headings import ItemColumn
from lingqu_water.forms.values import is_missing, read_item
from lingqu_water.readings.model import Item

COLUMN = ItemColumn(0, "氨氮(mg/L)", "w21003", "mg/L")
WATER_TEMPERATURE = ItemColumn(0, "水温(℃)", "w01010", "℃")
MICROGRAMS = ItemColumn(0, "氨氮(μg/L)", "w21003", "mg/L", Decimal("0.001"))


@pytest.mark.parametrize("text", ["0.057", " 0.057 ", "０．０５７", ".057", "5.7E-2"])
def test_a_value_is_measured_in_any_spelling(text: str) -> None:
    assert read_item(COLUMN, text) == Item("w21003", 0.057, "mg/L", "measured")


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("*", "not_measured"),
        ("＊", "not_measured"),
        ("--", "no_value"),
        ("－－", "no_value"),
        ("-", "no_value"),
        ("-1", "no_value"),
        ("", "no_value"),
        ("  ", "no_value"),
        ("null", "no_value"),
        ("极值过滤", "filtered"),
    ],
)
def test_every_missing_marker_keeps_its_reason(text: str, flag: str) -> None:
    assert read_item(COLUMN, text) == Item("w21003", None, "mg/L", flag)
    assert is_missing(text)


@pytest.mark.parametrize(
    "text", ["0.01L", "0.01l", "０．０１Ｌ", "<0.01", "＜0.01", "< 0.01", "<0.01L"]
)
def test_below_detection_names_its_limit(text: str) -> None:
    assert read_item(COLUMN, text) == Item("w21003", None, "mg/L", "below_detection", 0.01)


@pytest.mark.parametrize("text", ["未检出", "ND", "L", "<"])
def test_below_detection_without_a_limit_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(CellError) as caught:
        read_item(COLUMN, text)
    assert caught.value.problem.code in {"limit_unstated", "no_number"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-0.3", "negative"),
        ("-0.01L", "negative"),
        ("=1+1", "formula"),
        ("7.2 mg/L", "no_number"),
        ("1,000", "no_number"),
        ("nan", "no_number"),
        ("七", "no_number"),
    ],
)
def test_what_is_no_value_is_refused(text: str, code: str) -> None:
    with pytest.raises(CellError) as caught:
        read_item(COLUMN, text)
    assert caught.value.problem.code == code
    assert caught.value.problem.reason_zh


def test_only_the_water_temperature_may_be_below_zero() -> None:
    assert read_item(WATER_TEMPERATURE, "-0.3").value == -0.3


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("57.1", Item("w21003", 0.0571, "mg/L", "measured")),
        ("10L", Item("w21003", None, "mg/L", "below_detection", 0.01)),
        ("*", Item("w21003", None, "mg/L", "not_measured")),
    ],
)
def test_another_unit_is_brought_to_the_items_own_exactly(text: str, item: Item) -> None:
    assert read_item(MICROGRAMS, text) == item


@given(st.decimals(0, 10**6, places=4))
def test_any_value_is_read_as_python_reads_it(number: Decimal) -> None:
    item = read_item(COLUMN, str(number))
    assert item.value == float(number)


@given(st.text(max_size=12))
def test_any_text_gives_an_item_that_keeps_the_contract_or_a_refusal(text: str) -> None:
    try:
        item = read_item(COLUMN, text)
    except CellError:
        return
    assert (item.value is not None) == (item.flag == "measured")
    assert (item.detection_limit is not None) == (item.flag == "below_detection")
    assert (item.value or 0) >= 0

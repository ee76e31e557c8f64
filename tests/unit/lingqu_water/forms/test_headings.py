from __future__ import annotations

from decimal import Decimal

import pytest

from lingqu.errors import InputError
from lingqu_water.forms.headings import headings_of
from lingqu_water.judgement.items import ItemSpec, shipped_items


def code_of(heading: str) -> tuple[str, str, Decimal]:
    layout = headings_of().layout([heading], "x.csv")
    (column,) = layout.items
    return column.code, column.unit, column.scale


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("水温(℃)", "w01010"),
        ("水温（℃）", "w01010"),
        ("pH", "w01001"),
        ("PH值", "w01001"),
        ("氨氮 (mg/l)", "w21003"),
        ("氨氮（NH3-N）（mg/L）", "w21003"),
        ("五日生化需氧量(BOD5)(mg/L)", "w01017"),
        ("bod5", "w01017"),
        ("铬(六价)(mg/L)", "w20117"),
        ("六价铬", "w20117"),
        ("总磷(以P计)(mg/L)", "w21011"),
        ("叶绿素α(mg/L)", "w01016"),
        ("叶绿素a", "w01016"),
        ("粪大肠菌群(MPN/L)", "w02003"),
    ],
)
def test_an_item_is_recognised_by_any_of_its_headings(heading: str, code: str) -> None:
    assert code_of(heading)[0] == code
    assert code_of(heading)[2] == 1


@pytest.mark.parametrize(
    ("heading", "scale"),
    [
        ("铊(μg/L)", "0.001"),
        ("铊(µg/L)", "0.001"),
        ("铊(ug/L)", "0.001"),
        ("汞(ng/L)", "0.000001"),
        ("叶绿素α(mg/m³)", "0.001"),
        ("电导率(mS/m)", "10"),
        ("藻密度(万个/L)", "10000"),
    ],
)
def test_a_unit_in_the_heading_scales_its_values(heading: str, scale: str) -> None:
    _, unit, found = code_of(heading)
    assert found == Decimal(scale)
    assert unit in {"mg/L", "μS/cm", "cells/L"}


def test_an_unknown_unit_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InputError, match=r"column 氨氮\(ppb\): the unit ppb .* one of mg/L"):
        code_of("氨氮(ppb)")


@pytest.mark.parametrize("twice", [("氨氮", "NH3-N"), ("断面名称", "断面名称*")])
def test_a_column_twice_is_refused(twice: tuple[str, str]) -> None:
    with pytest.raises(InputError, match=f"{twice[0]} and .* hold the same thing"):
        headings_of().layout(twice, "x.csv")


def test_headings_that_mean_nothing_are_told() -> None:
    assert headings_of().layout(["氨氮", "天气", "备注", ""], "x.csv").unread == ("天气",)


@pytest.mark.parametrize("item", shipped_items().entries, ids=lambda item: item.key)
def test_every_item_is_recognised_by_name_and_unit(item: ItemSpec) -> None:
    assert code_of(f"{item.name_zh}({item.unit})") == (item.code, item.unit, Decimal(1))

from __future__ import annotations

from pathlib import Path

import pytest

from lingqu.errors import ContractError
from lingqu_water.judgement.water_class import CLASSES
from lingqu_water.sections.model import Section, section_code, unknown_section
from lingqu_water.sections.table import load_regions, load_sections

SECTIONS = {section.code: section for section in load_sections()}


@pytest.mark.parametrize(
    "code",
    [
        "43-岳阳楼", "43-东洞庭湖", "43-南嘴", "43-小河嘴", "43-万子湖", "43-鹿角", "43-蒋家嘴",
        "43-大通湖", "36-都昌", "36-康山", "36-蛤蟆石", "36-南矶山", "36-湖心岛", "44-新丰江水库",
        "44-良德水库",
    ],
)  # fmt: skip
def test_lakes_are_lakes(code: str) -> None:
    assert SECTIONS[code].kind == "lake"


def test_every_other_lake_awaits_a_check() -> None:
    verified = [one for one in SECTIONS.values() if one.kind == "lake" and one.verified]
    assert len(verified) == 15


@pytest.mark.parametrize(
    ("code", "river", "upstream", "downstream", "target"),
    [
        ("43-里耶镇", "酉水", "50", ("43",), "Ⅲ"),
        ("36-金鱼石", "渌水", "36", ("43",), "Ⅲ"),
        ("44-山角", "九洲江", "45", ("44",), "Ⅲ"),
        ("36-兴宁电站", "东江", "36", ("44",), "Ⅲ"),
        ("44-庙咀里(定南水站)", "东江", "36", ("44",), "Ⅲ"),
        ("52-清水铺", "赤水河", "53", ("52", "51"), "Ⅱ"),
        ("52-鲢鱼溪", "赤水河", "52", ("51",), "Ⅱ"),
        ("33-街口(鸠坑口)", "新安江", "34", ("33",), None),
    ],
)
def test_sections_of_agreements_carry_direction_and_target(
    code: str, river: str, upstream: str, downstream: tuple[str, ...], target: str | None
) -> None:
    found = SECTIONS[code]
    assert (found.river, found.upstream_region) == (river, upstream)
    assert (found.downstream_regions, found.target_class) == (downstream, target)
    assert found.verified


def test_every_section_says_where_it_is_known_from() -> None:
    assert all(section.source for section in SECTIONS.values())


def test_targets_are_classes_and_codes_follow_from_names() -> None:
    for section in SECTIONS.values():
        assert section.target_class is None or section.target_class in CLASSES
        assert section.code == section_code(section.reporting_region, section.name)


def test_an_operators_folder_replaces_what_ships(tmp_path: Path) -> None:
    entry = '{name: 甲, reporting_region: "43", kind: lake, source: 省厅来函}'
    (tmp_path / "sections.yaml").write_text(f"sections:\n  - {entry}\n", "utf-8")

    assert [(one.code, one.kind) for one in load_sections(tmp_path)] == [("43-甲", "lake")]
    assert load_regions(tmp_path).name("43") == "湖南省"


def test_a_code_written_twice_is_refused(tmp_path: Path) -> None:
    entry = '  - {name: 甲, reporting_region: "43", source: 省厅来函}\n'
    (tmp_path / "sections.yaml").write_text(f"sections:\n{entry}{entry}", "utf-8")

    with pytest.raises(ContractError, match="'43-甲' is written twice; keep one"):
        load_sections(tmp_path)


def test_an_unknown_section_is_a_river_without_a_target() -> None:
    assert unknown_section("43-无名") == Section("43-无名", "无名", "43", source="not in the table")


def test_an_unknown_national_code_has_no_region() -> None:
    assert unknown_section("A310000_2001").reporting_region == ""


def test_regions_are_found_by_code_and_by_any_of_their_names() -> None:
    regions = load_regions()
    assert regions.name("43") == "湖南省"
    assert regions.name("X-PEARL") == "X-PEARL"
    assert regions.code("广西壮族自治区") == regions.code("广西") == "45"
    assert regions.code("湖南") is None


def test_hunan_lies_below_three_regions_and_above_three() -> None:
    regions = load_regions()
    above = {code for code in ("52", "50", "36") if "43" in regions.downstream(code)}
    assert above == {"52", "50", "36"}
    assert set(regions.downstream("43")) == {"44", "45", "42"}

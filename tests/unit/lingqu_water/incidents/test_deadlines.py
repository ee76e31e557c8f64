from __future__ import annotations

from pathlib import Path

import pytest

from lingqu.errors import ContractError
from lingqu_water.incidents.deadlines import load_deadlines
from lingqu_water.incidents.level import EmergencyLevel

HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("level", "name", "colour", "hours"),
    [
        ("Ⅰ", "特别重大", "红", 2),
        ("Ⅱ", "重大", "橙", 2),
        ("Ⅲ", "较大", "黄", 4),
        ("Ⅳ", "一般", "蓝", 4),
    ],
)
def test_each_level_has_its_name_colour_and_time_to_report(
    level: str, name: str, colour: str, hours: int
) -> None:
    found = EmergencyLevel(level)
    assert (found.name_zh, found.colour) == (name, colour)
    assert load_deadlines().report_by_ms(found, 0) == hours * HOUR_MS


def test_a_water_class_is_no_level_of_an_emergency() -> None:
    with pytest.raises(ValueError, match="劣Ⅴ"):
        EmergencyLevel("劣Ⅴ")


def test_the_operators_deadlines_win_and_have_to_name_each_level(tmp_path: Path) -> None:
    file = tmp_path / "incident-deadlines.yaml"
    levels = [f"{{level: {each}, report_minutes: 1, acknowledge_minutes: 2}}" for each in "ⅠⅡⅢⅣ"]
    head = "source: 本地\nvalid_from: 2026-01-01\nlevels:\n"
    file.write_text(head + "\n".join(f"  - {each}" for each in levels), "utf-8")
    assert load_deadlines(tmp_path).acknowledge_by_ms(EmergencyLevel.I, 0) == 120_000
    file.write_text(head + f"  - {levels[0]}", "utf-8")
    with pytest.raises(ContractError, match="give each of the levels"):
        load_deadlines(tmp_path)

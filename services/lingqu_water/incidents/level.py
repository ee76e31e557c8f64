"""Levels of emergencies, Ⅰ the worst. Classes of water share the numerals and are another type."""

from __future__ import annotations

from enum import StrEnum


class EmergencyLevel(StrEnum):
    """How grave an incident is: a person enters it, and no reading ever sets it."""

    I = "Ⅰ"  # noqa: E741 - the numeral is the level's name
    II = "Ⅱ"
    III = "Ⅲ"
    IV = "Ⅳ"

    @property
    def colour(self) -> str:
        return _COLOURS[self]

    @property
    def name_zh(self) -> str:
        return _NAMES[self]


_COLOURS = {
    EmergencyLevel.I: "红",
    EmergencyLevel.II: "橙",
    EmergencyLevel.III: "黄",
    EmergencyLevel.IV: "蓝",
}
_NAMES = {
    EmergencyLevel.I: "特别重大",
    EmergencyLevel.II: "重大",
    EmergencyLevel.III: "较大",
    EmergencyLevel.IV: "一般",
}

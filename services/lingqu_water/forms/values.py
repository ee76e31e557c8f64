"""The text of an item's cell as the item it tells: a value, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from lingqu.sheets.cells import is_formula, plain, read_number
from lingqu.sheets.problems import FORMULA, NO_NUMBER, CellError, Problem, shown
from lingqu_water.forms.headings import ONE, ItemColumn
from lingqu_water.forms.reasons import LIMIT_UNSTATED, NEGATIVE
from lingqu_water.readings.model import Item

FILTERED = "极值过滤"
NULL = "null"

# Each spelling of "missing" with the reason it stands for.
MISSING: Mapping[str, str] = MappingProxyType(
    {
        "*": "not_measured",
        "--": "no_value",
        "-": "no_value",
        "—": "no_value",
        "——": "no_value",
        "-1": "no_value",
        "": "no_value",
        NULL: "no_value",
        FILTERED: "filtered",
    }
)
_NOT_DETECTED = frozenset({"未检出", "nd", "n.d.", "<dl", "l"})
_WATER_TEMPERATURE = "w01010"  # the one item that may be below zero


def is_missing(text: str) -> bool:
    return plain(text) in MISSING


def read_item(column: ItemColumn, text: str) -> Item:
    """Return the item; raise CellError where the text is neither value, limit nor marker."""
    found = plain(text)
    flag = MISSING.get(found)
    if flag is not None:
        return Item(column.code, None, column.unit, flag)
    if found[-1] in "Ll" or found[0] == "<":
        limit = _number(column, found.strip("Ll<").strip(), text)
        return Item(column.code, None, column.unit, "below_detection", limit)
    value = _number(column, found, text)
    return Item(column.code, value, column.unit, "measured")


def _number(column: ItemColumn, found: str, text: str) -> float:
    try:
        number = read_number(found)
    except ValueError as error:
        raise CellError(_no_number(text)) from error
    if number < 0 and column.code != _WATER_TEMPERATURE:
        raise CellError(NEGATIVE.about(shown=shown(text)))
    if column.scale != ONE:
        return float(Decimal(found) * column.scale)
    return number + 0.0  # no minus zero


def _no_number(text: str) -> Problem:
    if plain(text).casefold() in _NOT_DETECTED:
        return LIMIT_UNSTATED.about(shown=shown(text))
    if is_formula(text):
        return FORMULA.about()
    return NO_NUMBER.about(shown=shown(text))

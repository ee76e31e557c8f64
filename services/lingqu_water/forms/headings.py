"""Headings of tables: which column is which fact or item, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import Field

from lingqu.contracts.yaml_file import ClosedModel
from lingqu.errors import ContractError, InputError
from lingqu.sheets.cells import plain
from lingqu_water.judgement.items import Items, ItemSpec, load_items
from lingqu_water.reference import read_reference

ONE = Decimal(1)
_WITH_UNIT = re.compile(r"(.+)\(([^()]*)\)")
_NEEDED_AT_LEAST = frozenset({"section_name", "sampled_at"})


class _Unit(ClosedModel):
    spelled: tuple[str, ...] = ()
    scaled: dict[str, Decimal] = Field(default_factory=dict)


class _HeadingFile(ClosedModel):
    source: str
    facts: dict[str, tuple[str, ...]]
    items: dict[str, tuple[str, ...]]
    units: dict[str, _Unit]


@dataclass(frozen=True, slots=True)
class ItemColumn:
    """A column of one item's values; times `scale` they are in `unit`."""

    place: int
    heading: str
    code: str
    unit: str
    scale: Decimal = ONE


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a table has what: facts by their name, items, and headings that mean nothing to us."""

    heading: tuple[str, ...]
    facts: Mapping[str, int]
    items: tuple[ItemColumn, ...]
    unread: tuple[str, ...]

    def column(self, fact: str) -> str:
        """Return the heading of a fact's column."""
        return self.heading[self.facts[fact]]


class Headings:
    """All headings that are understood."""

    def __init__(self, file: _HeadingFile, items: Items) -> None:
        self._facts = {_plain(each): fact for fact, names in file.facts.items() for each in names}
        self._items: dict[str, ItemSpec] = {}
        for item in items.entries:
            for name in (item.name_zh, item.key, *file.items.get(item.key, ())):
                self._items[_plain(name)] = item
        units = {item.unit: _Unit() for item in items.entries} | file.units
        self._units = {own: _scales(own, unit) for own, unit in units.items()}
        self._named = {own: (own, *unit.spelled, *unit.scaled) for own, unit in units.items()}
        unknown = set(file.items) - set(items.by_key)
        if unknown:
            raise ContractError(f"headings.yaml names items that are not in items.yaml: {unknown}")

    def recognises(self, cells: Sequence[str]) -> bool:
        """Tell whether this row is the heading of a table of readings."""
        return {self._facts.get(_plain(cell)) for cell in cells} >= _NEEDED_AT_LEAST

    def layout(self, heading: Sequence[str], name: str) -> Layout:
        """Return what stands where; raise InputError for a unit unknown or a column twice."""
        facts: dict[str, int] = {}
        items: list[ItemColumn] = []
        unread: list[str] = []
        for place, text in enumerate(heading):
            fact = self._facts.get(_plain(text))
            item = None if fact else self._item(place, text, name)
            if fact:
                if fact in facts:
                    raise _twice(name, heading[facts[fact]], text)
                facts[fact] = place
            elif item:
                items.append(item)
            elif text:
                unread.append(text)
        _refuse_twice(items, name)
        return Layout(tuple(heading), facts, tuple(items), tuple(unread))

    def _item(self, place: int, text: str, name: str) -> ItemColumn | None:
        found = _plain(text)
        if found in self._items:
            item, unit = self._items[found], ""
        else:
            parts = _WITH_UNIT.fullmatch(found)
            if parts is None or parts[1] not in self._items:
                return None
            item, unit = self._items[parts[1]], parts[2]
        scale = self._units[item.unit].get(unit)
        if scale is None:
            known = ", ".join(self._named[item.unit])
            raise InputError(
                f"{name}, column {text}: the unit {unit} is not known for {item.name_zh};"
                f" write one of {known}"
            )
        return ItemColumn(place, text, item.code, item.unit, scale)


@cache
def headings_of(folder: Path | None = None) -> Headings:
    """Return the headings of the operator's folder, else those that ship, read once."""
    return Headings(read_reference("headings.yaml", _HeadingFile, folder), load_items(folder))


def _plain(text: str) -> str:
    return "".join(plain(text).casefold().split()).strip("*")


def _scales(own: str, unit: _Unit) -> dict[str, Decimal]:
    """Return what values in a unit, as headings may spell it, are multiplied by."""
    same = {_plain(each): ONE for each in ("", own, *unit.spelled)}
    return same | {_plain(each): scale for each, scale in unit.scaled.items()}


def _refuse_twice(items: Sequence[ItemColumn], name: str) -> None:
    seen: dict[str, str] = {}
    for item in items:
        if item.code in seen:
            raise _twice(name, seen[item.code], item.heading)
        seen[item.code] = item.heading


def _twice(name: str, first: str, second: str) -> InputError:
    return InputError(
        f"{name}: the columns {first} and {second} hold the same thing; delete one of them"
    )

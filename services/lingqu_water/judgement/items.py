"""Monitoring items: their codes, names and units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Protocol

from lingqu.contracts.yaml_file import ClosedModel, nearest
from lingqu.errors import ContractError, NotFoundError
from lingqu_water.reference import read_reference


class MeasuredItem(Protocol):
    """What judgement reads of an item of a reading."""

    @property
    def code(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def flag(self) -> str: ...
    @property
    def detection_limit(self) -> float | None: ...


class ItemSpec(ClosedModel):
    """An item as the table describes it."""

    code: str
    key: str
    name_zh: str
    name_en: str
    unit: str
    verified: bool = True


class _ItemFile(ClosedModel):
    source: str
    items: tuple[ItemSpec, ...]


@dataclass(frozen=True)
class Items:
    """The items there are, by code and by key."""

    entries: tuple[ItemSpec, ...]

    @cached_property
    def by_code(self) -> dict[str, ItemSpec]:
        return {entry.code: entry for entry in self.entries}

    @cached_property
    def by_key(self) -> dict[str, ItemSpec]:
        return {entry.key: entry for entry in self.entries}

    def code(self, key: str) -> str:
        """Return the code of a key; raise NotFoundError naming the nearest one."""
        if key not in self.by_key:
            raise NotFoundError(f"there is no item {key!r}; {nearest(key, list(self.by_key))}")
        return self.by_key[key].code

    def name(self, code: str) -> str:
        """Return the item's Chinese name, or the code where nobody named it."""
        entry = self.by_code.get(code)
        return entry.name_zh if entry else code


def load_items(folder: Path | None = None) -> Items:
    """Return the items of the folder, else those that ship with the service."""
    items = Items(read_reference("items.yaml", _ItemFile, folder).items)
    for known in (items.by_code, items.by_key):
        if len(known) != len(items.entries):
            raise ContractError("items.yaml: an item's code or key is written twice; keep one")
    return items


@cache
def shipped_items() -> Items:
    """Return the items that ship with the service, read once."""
    return load_items()

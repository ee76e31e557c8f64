"""The sections and regions that ship with the service, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints

from lingqu.contracts.yaml_file import ClosedModel
from lingqu.errors import ContractError
from lingqu_water.reference import read_reference
from lingqu_water.sections.model import Kind, Section, section_code

WaterClass = Literal["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ"]
RegionCode = Annotated[str, StringConstraints(pattern=r"^(\d{2}|\d{4}|\d{6}|X-[A-Z0-9-]+)$")]


class _SectionEntry(ClosedModel):
    name: str
    reporting_region: RegionCode
    code: str | None = None
    kind: Kind = "river"
    basin: str | None = None
    river: str | None = None
    upstream_region: RegionCode | None = None
    downstream_regions: tuple[RegionCode, ...] = ()
    function_zone: str | None = None
    target_class: WaterClass | None = None
    source: str
    verified: bool = True

    def section(self) -> Section:
        values = self.model_dump()
        values["code"] = self.code or section_code(self.reporting_region, self.name)
        return Section(**values)


class _SectionFile(ClosedModel):
    sections: tuple[_SectionEntry, ...]


class _RegionEntry(ClosedModel):
    name: str
    aliases: tuple[str, ...] = ()
    downstream: tuple[RegionCode, ...] = ()


class _RegionFile(ClosedModel):
    source: str
    regions: dict[RegionCode, _RegionEntry]


@dataclass(frozen=True)
class Regions:
    """The names of regions, both ways, and between whom the water flows."""

    entries: Mapping[str, _RegionEntry]

    @cached_property
    def _codes(self) -> dict[str, str]:
        return {
            name: code
            for code, entry in self.entries.items()
            for name in (entry.name, *entry.aliases)
        }

    def name(self, code: str) -> str:
        """Return the region's name, or the code where nobody named it."""
        entry = self.entries.get(code)
        return entry.name if entry else code

    def code(self, name: str) -> str | None:
        """Return the code for a name as tables write it, None for an unknown one."""
        return self._codes.get(name)

    def downstream(self, code: str) -> tuple[str, ...]:
        entry = self.entries.get(code)
        return entry.downstream if entry else ()


def load_sections(folder: Path | None = None) -> tuple[Section, ...]:
    """Return the sections of the folder, else those that ship with the service.

    Raises ContractError for a code that is written twice.
    """
    found = read_reference("sections.yaml", _SectionFile, folder).sections
    sections = tuple(entry.section() for entry in found)
    seen: set[str] = set()
    for section in sections:
        if section.code in seen:
            raise ContractError(f"sections.yaml: {section.code!r} is written twice; keep one")
        seen.add(section.code)
    return sections


def load_regions(folder: Path | None = None) -> Regions:
    """Return the regions of the folder, else those that ship with the service."""
    return Regions(read_reference("regions.yaml", _RegionFile, folder).regions)

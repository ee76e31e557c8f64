"""A section: master data that no reading brings along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["river", "lake"]


@dataclass(frozen=True, slots=True)
class Section:
    """One section as the hub's own table knows it.

    `upstream_region` and `downstream_regions` are stored, never inferred from who reports it.
    """

    code: str
    name: str
    reporting_region: str
    kind: Kind = "river"
    basin: str | None = None
    river: str | None = None
    upstream_region: str | None = None
    downstream_regions: tuple[str, ...] = field(default=())
    function_zone: str | None = None
    target_class: str | None = None
    source: str = ""
    verified: bool = True

    @property
    def limits(self) -> tuple[str, str | None]:
        """Return what decides which limits its water is held to."""
        return self.kind, self.target_class


def section_code(reporting_region: str, name: str) -> str:
    """Return the code of a section that has no national one."""
    return f"{reporting_region}-{name}"


def unknown_section(code: str) -> Section:
    """Return what is assumed of a section nobody described: a river, without a target."""
    region, _, name = code.partition("-")
    return Section(code, name or code, region if name else "", source="not in the table")

"""Names of regions, as people call whoever has yet to answer."""

from __future__ import annotations

from pathlib import Path

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_credit.reference import read_reference


class Regions(ClosedModel):
    """Names by code; a city is called by its province and its code."""

    source: str
    names: dict[str, str]

    def name(self, region: str) -> str:
        """Return the name, or the code where nobody named it."""
        return self.names.get(region) or self.names.get(region[:2], "") + region


def load_regions(folder: Path | None = None) -> Regions:
    """Return the operator's table where the folder holds one, else the one that ships."""
    return read_reference("regions.yaml", Regions, folder)

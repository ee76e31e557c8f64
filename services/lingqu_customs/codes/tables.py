"""The smaller code tables: transport modes, packing, units and what else a declaration fills in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_customs.reference import read_reference


class CodeTable(ClosedModel):
    """Codes with their names; where it is not `complete`, others are accepted too."""

    title: str
    source: str
    complete: bool
    codes: dict[str, str]


class _CodeFile(ClosedModel):
    tables: dict[str, CodeTable]


@dataclass(frozen=True)
class CodeTables:
    """The tables by the field that takes their codes."""

    by_field: Mapping[str, CodeTable]

    def problem(self, field: str, code: str) -> str | None:
        """Say why the field cannot take the code, None where it can."""
        table = self.by_field.get(field)
        if table is None or not table.complete or code in table.codes:
            return None
        known = ", ".join(f"{key} {name}" for key, name in table.codes.items())
        return f"{code!r} is no {table.title}; the codes are {known}"


def load_code_tables(folder: Path | None = None) -> CodeTables:
    """Return the tables of the folder, else those that ship with the service."""
    return CodeTables(read_reference("codes.yaml", _CodeFile, folder).tables)

"""Customs districts: what a code means, and which of them may be written into a declaration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lingqu.contracts.yaml_file import ClosedModel
from lingqu.errors import ContractError
from lingqu_customs.reference import read_rows

_FORM = re.compile(r"[0-9]{4}")


class District(ClosedModel):
    """A row of the table of districts; a code that ends in 00 is a direct district (直属海关)."""

    code: str
    name: str
    verified: bool = True
    source: str = ""


@dataclass(frozen=True)
class Districts:
    """The districts there are, by code. The table may lack sub-offices, never direct districts."""

    by_code: Mapping[str, District]

    @cached_property
    def _with_offices(self) -> AbstractSet[str]:
        return {f"{code[:2]}00" for code in self.by_code if not code.endswith("00")}

    def name(self, code: str) -> str:
        """Return the name of a district, that of its direct district, or the code."""
        found = self.by_code.get(code)
        if found is not None:
            return found.name
        direct = self.by_code.get(f"{code[:2]}00")
        return f"{direct.name}({code})" if direct else code

    def problem(self, code: str) -> str | None:
        """Say why no document may name this code as its district, None where it may."""
        if not _FORM.fullmatch(code):
            return f"{code!r} is no customs district; a code has 4 digits"
        direct = f"{code[:2]}00"
        if code != direct or direct not in self.by_code:
            return None if direct in self.by_code else self._unknown(code)
        if direct not in self._with_offices:
            return None
        offices = ", ".join(sorted(each for each in self.by_code if each[:2] == code[:2])[1:])
        return f"{code} {self.name(code)} has offices of its own; name one of them: {offices}"

    def _unknown(self, code: str) -> str:
        return (
            f"no direct district begins with {code[:2]}; correct {code}, or add it to districts.csv"
        )


def load_districts(folder: Path | None = None) -> Districts:
    """Return the districts of the folder, else those that ship with the service."""
    rows = read_rows("districts.csv", District, folder)
    by_code = {row.code: row for row in rows}
    if len(by_code) != len(rows):
        raise ContractError("districts.csv: a district is written twice; keep one row of it")
    return Districts(by_code)

"""What the interface's codes mean, and whether a code is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_medical.reference import read_reference

SetName = Literal["insutype", "med_type", "mdtrt_cert_type", "fund_pay_type", "clr_type"]

# The usual pattern refuses the three-character categories with a dagger or a star (A17+, D63*).
_ICD10 = re.compile(r"[A-Z]\d{2}(?:\.\d{1,3})?(?:x\d{3})?[+*]?", re.ASCII)
_MEDICAL_BODY = re.compile(r"[HP]\d{11}", re.ASCII)


class CodeEntry(ClosedModel):
    """A code with what it means."""

    code: str
    name: str
    verified: bool = True


class _Set(ClosedModel):
    name: SetName
    title: str
    entries: tuple[CodeEntry, ...]


class _File(ClosedModel):
    source: str
    sets: tuple[_Set, ...]


@dataclass(frozen=True)
class CodeSets:
    """All code sets by name; an unknown code is for people to look at, never a reason to lose."""

    sets: Mapping[str, _Set]

    @cached_property
    def _names(self) -> Mapping[str, Mapping[str, str]]:
        return {
            name: {each.code: each.name for each in found.entries}
            for name, found in self.sets.items()
        }

    def name(self, of: SetName, code: str) -> str:
        """Return what a code means, or the code where nobody named it."""
        return self._names[of].get(code, code)

    def knows(self, of: SetName, code: str) -> bool:
        return code in self._names[of]

    def listed(self, of: SetName) -> str:
        """Return the codes there are, for people to choose from."""
        return ", ".join(self._names[of])

    def entries(self, of: SetName) -> tuple[CodeEntry, ...]:
        return self.sets[of].entries


def load_codes(folder: Path | None = None) -> CodeSets:
    return CodeSets({each.name: each for each in read_reference("codes.yaml", _File, folder).sets})


def is_icd10(code: str) -> bool:
    """Tell whether a text is written as an ICD-10 code of the national insurance list is."""
    return _ICD10.fullmatch(code) is not None


def is_medical_body(code: str) -> bool:
    """Tell whether a text is written as a hospital's (H) or pharmacy's (P) code of twelve is."""
    return _MEDICAL_BODY.fullmatch(code) is not None

"""Whose personal record may be shared, and on which law."""

from __future__ import annotations

from pathlib import Path

from lingqu.contracts.yaml_file import ClosedModel
from lingqu_credit.reference import read_reference


class AllowedPersons(ClosedModel):
    """Records of natural persons that a law allows; without a list, all of the kind."""

    kind: str
    list_type: str | None = None
    bases: tuple[str, ...]


class Persons(ClosedModel):
    """All that is allowed; what is not named is not."""

    source: str
    verified: bool = True
    allowed: tuple[AllowedPersons, ...]

    def problem(self, kind: str, list_type: str, basis: str | None) -> str | None:
        """Return why a natural person's record may not be shared, None where it may."""
        fitting = [
            each
            for each in self.allowed
            if each.kind == kind and each.list_type in {None, list_type}
        ]
        bases = [basis_ for each in fitting for basis_ in each.bases]
        if not bases:
            return "no law allows sharing such records of natural persons; leave the record out"
        if not any((basis or "").startswith(each) for each in bases):
            return f"person_basis has to begin with one of: {'; '.join(bases)}"
        return None


def load_persons(folder: Path | None = None) -> Persons:
    """Return the operator's table where the folder holds one, else the one that ships."""
    return read_reference("natural-persons.yaml", Persons, folder)

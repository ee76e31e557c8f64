"""The closed list of discipline measures, by edition and item."""

from __future__ import annotations

from pathlib import Path

from lingqu.contracts.yaml_file import ClosedModel, nearest
from lingqu_credit.reference import Dated, read_reference


class ListEdition(Dated):
    """One edition: its items by code."""

    items: dict[str, str]


class ClosedList(ClosedModel):
    """All editions that are loaded: no measure outside of them is taken."""

    source: str
    verified: bool = True
    editions: tuple[ListEdition, ...]

    def item(self, edition: str, code: str) -> str | None:
        """Return what the item says, None where the list has no such item."""
        found = [each for each in self.editions if each.edition == edition]
        return found[0].items.get(code) if found else None

    def problem(self, edition: str, code: str) -> str | None:
        """Return why there is no such measure, None where there is."""
        editions = {each.edition: each for each in self.editions}
        if edition not in editions:
            return f"edition {edition!r} is not loaded; {nearest(edition, list(editions))}"
        items = editions[edition].items
        if code not in items:
            return f"edition {edition} has no item {code!r}; {nearest(code, list(items))}"
        return None


def load_closed_list(folder: Path | None = None) -> ClosedList:
    """Return the operator's list where the folder holds one, else the one that ships."""
    return read_reference("measures.yaml", ClosedList, folder)

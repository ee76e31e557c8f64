"""Two lists of records compared: every row that is not the same on both sides, and no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One record as reconciliation sees it; `refunded` tells a negative record from the first."""

    id: str
    refunded: bool
    medfee_sumamt_fen: int
    fund_pay_sumamt_fen: int
    acct_pay_fen: int

    @property
    def place(self) -> tuple[str, bool]:
        return self.id, self.refunded

    @property
    def amounts(self) -> tuple[int, int, int]:
        return self.medfee_sumamt_fen, self.fund_pay_sumamt_fen, self.acct_pay_fen


class Difference(NamedTuple):
    """A record that only one side has, or that has other amounts there."""

    id: str
    refunded: bool
    kind: str
    here: Row | None
    there: Row | None

    def record(self) -> dict[str, Any]:
        """Return it as events carry it."""
        return {
            "id": self.id,
            "refunded": self.refunded,
            "kind": self.kind,
            **_amounts("here", self.here),
            **_amounts("there", self.there),
        }


def compare(here: Iterable[Row], there: Iterable[Row]) -> list[Difference]:
    """Return the differing rows by id. A record that a list repeats counts once.

    Where one list gives an id other amounts in a repeat, the last of them stands.
    """
    ours, theirs = _by_place(here), _by_place(there)
    pairs = ((place, ours.get(place), theirs.get(place)) for place in ours.keys() | theirs.keys())
    differing = sorted((pair for pair in pairs if pair[1] != pair[2]), key=lambda pair: pair[0])
    return [Difference(*place, _kind(one, other), one, other) for place, one, other in differing]


def _by_place(rows: Iterable[Row]) -> Mapping[tuple[str, bool], Row]:
    return {row.place: row for row in rows}


def _kind(here: Row | None, there: Row | None) -> str:
    if here is None:
        return "missing_here"
    return "missing_there" if there is None else "different_amounts"


def _amounts(side: str, row: Row | None) -> dict[str, int | None]:
    return {
        f"{side}_medfee_fen": row.medfee_sumamt_fen if row else None,
        f"{side}_fund_fen": row.fund_pay_sumamt_fen if row else None,
        f"{side}_account_fen": row.acct_pay_fen if row else None,
    }

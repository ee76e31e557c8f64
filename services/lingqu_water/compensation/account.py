"""An account: what was tested in a period, what came out, and who pays whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lingqu_water.compensation.measured import Mean

Kind = Literal["monthly", "yearly", "correction"]
# `tested` is a month of an agreement that is settled by the year: a result, and no money yet.
Status = Literal["computed", "insufficient", "amount_missing", "base_missing", "tested"]
Outcome = Literal["met", "partly_met", "missed", "accident"]


@dataclass(frozen=True, slots=True)
class Line:
    """One payment from a party to another; `corrects` names the closed period it makes good."""

    payer: str
    payee: str
    amount_fen: int | None
    reason: str
    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class PoolShare:
    """What a party put into a common sum, and what it was allotted of it."""

    party: str
    contributed_fen: int
    allotted_fen: int


@dataclass(frozen=True, slots=True)
class Extra:
    """Money of somebody who is no party: shown, and no part of the statements."""

    giver: str
    payee: str
    amount_fen: int | None
    note: str


@dataclass(frozen=True, slots=True)
class SectionResult:
    """One section over the period."""

    section: str
    name: str
    target: str | None
    water_class: str | None
    met: bool | None
    means: tuple[Mean, ...]
    months_tested: int
    months_met: int
    used: int
    excluded: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What one party pays and receives by an account."""

    party: str
    pays_fen: int
    receives_fen: int

    @property
    def net_fen(self) -> int:
        return self.receives_fen - self.pays_fen


@dataclass(frozen=True, slots=True)
class Account:
    """An agreement's account for one period, a function of readings, terms and declarations.

    `reasons` say in words how it came out or what keeps it from coming out; `unverified` name the
    terms that nobody has read in the signed text.
    """

    agreement: str
    period: str
    kind: Kind
    round: str | None
    clears: bool
    status: Status
    outcome: Outcome | None = None
    water_class: str | None = None
    target: str | None = None
    index: float | None = None
    pass_percent: float | None = None
    sections: tuple[SectionResult, ...] = ()
    lines: tuple[Line, ...] = ()
    shares: tuple[PoolShare, ...] = ()
    extra: tuple[Extra, ...] = ()
    reasons: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    digest: str = ""

    @property
    def own_lines(self) -> tuple[Line, ...]:
        """Return the payments of the period itself."""
        return tuple(line for line in self.lines if line.corrects is None)

    @property
    def corrections(self) -> tuple[Line, ...]:
        """Return the payments that make good closed periods."""
        return tuple(line for line in self.lines if line.corrects is not None)

    @property
    def readings(self) -> int:
        return sum(section.used for section in self.sections)

    def with_corrections(self, lines: Sequence[Line], notes: Sequence[str]) -> Account:
        """Return the account with what it makes good for closed periods."""
        if not lines and not notes:
            return self
        return replace(self, lines=(*self.lines, *lines), reasons=(*self.reasons, *notes))


def statements(lines: Iterable[Line], parties: Iterable[str]) -> tuple[Statement, ...]:
    """Return each party's side; what one pays another receives, so that all nets make zero."""
    pays: dict[str, int] = defaultdict(int)
    receives: dict[str, int] = defaultdict(int)
    for line in lines:
        pays[line.payer] += line.amount_fen or 0
        receives[line.payee] += line.amount_fen or 0
    return tuple(Statement(party, pays[party], receives[party]) for party in parties)

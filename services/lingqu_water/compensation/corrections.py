"""What closed periods still owe: the difference to what today's readings say of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lingqu_water.compensation.account import Account, Line
from lingqu_water.compensation.money import shown

_Balance = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed period: its account as it stands for ever, and as it would be made today."""

    frozen: Account
    today: Account


@dataclass(frozen=True, slots=True)
class Owed:
    """Correction lines for the next open period, and what has to be settled by people."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...]


def owed(closed: Sequence[Closed], booked: Iterable[Line]) -> Owed:
    """Return what is still owed; `booked` are the corrections that closed accounts hold already."""
    booked = tuple(booked)
    lines: list[Line] = []
    notes: list[str] = []
    for one in sorted(closed, key=lambda one: one.frozen.period):
        if one.today.own_lines == one.frozen.own_lines and not _booked(booked, one):
            continue
        if one.today.status != "computed":
            notes.append(_undecided(one))
            continue
        lines += _differences(one, _booked(booked, one))
    return Owed(tuple(lines), tuple(notes))


def _booked(booked: Sequence[Line], one: Closed) -> list[Line]:
    return [line for line in booked if line.corrects == one.frozen.period]


def _differences(one: Closed, booked: Sequence[Line]) -> list[Line]:
    was = _balance((*one.frozen.own_lines, *booked))
    now = _balance(one.today.own_lines)
    found = []
    for pair in sorted({*was, *now}):
        difference = now[pair] - was[pair]
        if difference:
            payer, payee = pair if difference > 0 else reversed(pair)
            amount = abs(difference)
            found.append(Line(payer, payee, amount, _reason(one, amount), one.frozen.period))
    return found


def _balance(lines: Iterable[Line]) -> _Balance:
    """Return for each pair of parties what the first by code pays the second on balance."""
    found: _Balance = defaultdict(int)
    for line in lines:
        first, second = sorted((line.payer, line.payee))
        amount = line.amount_fen or 0
        found[first, second] += amount if line.payer == first else -amount
    return found


def _reason(one: Closed, amount: int) -> str:
    before, today = one.frozen.water_class, one.today.water_class
    changed = f",类别由{before}改为{today}" if before != today and before and today else ""
    return f"更正 {one.frozen.period}:数据更正后重算{changed},差额{shown(amount)}"


def _undecided(one: Closed) -> str:
    period = one.frozen.period
    return f"{period} 已结账;数据更正后重算为“数据不足或条款缺失”,金额不自动更正,由双方会商"

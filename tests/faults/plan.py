"""What goes wrong in a round, and when: drawn from a seed, so that a run can be repeated."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tests.faults.proxy import AILMENTS

Part = Literal[
    "worker",
    "relay",
    "target",
    "source",
    "line to source",
    "line to target",
    "line to database",
    "disk",
    "guest",
]

# The rest a part gets after a fault, so that the next one meets work and not only starting up.
_REST_S = {"worker": 8.0, "relay": 3.0, "target": 7.0, "source": 8.0}
_OTHERS_REST_S = 4.0
_LINES: tuple[Part, ...] = ("line to source", "line to target", "line to database")
_SKEWS_S = (-3_600.0, -20.0, 1.0, 20.0, 3_600.0)


@dataclass(frozen=True, slots=True)
class Kill:
    """`kill -9` at a moment; started again after `down_s`."""

    at_s: float
    down_s: float


@dataclass(frozen=True, slots=True)
class Zombie:
    """SIGSTOP at a moment, a second one takes over, SIGCONT after `frozen_s`: it must do no harm.

    Under the `same` name the second one has its places at once; under another when the group has
    given the first one up. The woken one gets `awake_s` for whatever it would do, then is killed.
    """

    at_s: float
    frozen_s: float
    same: bool = True
    awake_s: float = 4.0


@dataclass(frozen=True, slots=True)
class Skew:
    """The worker is ended, and one whose wall clock is wrong by `by_s` works for `lasts_s`."""

    at_s: float
    lasts_s: float
    by_s: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something of a line, a disk or a group that lasts for a while."""

    at_s: float
    lasts_s: float
    what: str


Fault = Kill | Zombie | Skew | Trouble


@dataclass(frozen=True, slots=True)
class Plan:
    """The faults of one round by part, each part's in order of time."""

    number: int
    faults: dict[Part, Sequence[Fault]]

    @property
    def end_s(self) -> float:
        """Return when the last fault is over; events flow until then."""
        return max(map(_end_s, (fault for each in self.faults.values() for fault in each)))

    def kinds(self) -> Counter[str]:
        """Return how many faults of each kind there are."""
        return Counter(
            f"{part}: {_kind(fault)}" for part, faults in self.faults.items() for fault in faults
        )

    def count(self, part: Part, kind: type[Fault]) -> int:
        return sum(isinstance(fault, kind) for fault in self.faults.get(part, ()))


@dataclass(frozen=True, slots=True)
class Scale:
    """In how long the faults of a round begin, if they can, and how many kills a part gets."""

    spread_s: float
    most: int = 3
    zombies: bool = True
    relay_zombies: bool = True
    source: bool = False
    wide: Sequence[Part] = ()


def plan_round(seed: int, number: int, scale: Scale) -> Plan:
    """Return the round's faults: each part is killed at least once, every other has a zombie."""
    dice = random.Random(f"{seed}/{number}")
    faults: dict[Part, list[Fault]] = {
        "worker": list(_kills(dice, dice.randint(1, scale.most), scale)),
        "relay": list(_kills(dice, dice.randint(1, scale.most), scale)),
        "target": list(_kills(dice, dice.randint(1, max(1, scale.most - 1)), scale)),
    }
    if scale.source:
        faults["source"] = list(_kills(dice, 1, scale))
    if scale.zombies:
        if number % 2 == 0:
            faults["worker"].append(_zombie(dice, scale, same=number % 4 == 0))
        if scale.relay_zombies and number % 4 == 1:
            faults["relay"].append(_zombie(dice, scale, same=True))
    if scale.wide:
        _widen(random.Random(f"{seed}/{number}/wide"), faults, scale)
    return Plan(number, {part: _spaced(part, chosen) for part, chosen in faults.items()})


def _kind(fault: Fault) -> str:
    match fault:
        case Kill():
            return "kill -9"
        case Zombie():
            return "frozen, replaced and woken"
        case Skew():
            return f"clock wrong by {fault.by_s:+.0f} s"
        case Trouble():
            return fault.what


def _end_s(fault: Fault) -> float:
    match fault:
        case Kill():
            return fault.at_s + fault.down_s
        case Zombie():
            return fault.at_s + fault.frozen_s
        case Skew() | Trouble():
            return fault.at_s + fault.lasts_s


def _widen(dice: random.Random, faults: dict[Part, list[Fault]], scale: Scale) -> None:
    """Add what goes wrong outside of the processes: lines, a disk, a group, a clock."""
    whats: dict[Part, Sequence[str]] = {
        **dict.fromkeys(_LINES, AILMENTS),
        "disk": ("full",),
        "guest": ("joins and leaves", "joins and is killed"),
    }
    for part in scale.wide:
        faults[part] = [
            Trouble(_moment(dice, scale), dice.uniform(2, 10), dice.choice(whats[part]))
            for _ in range(2)
        ]
    faults["worker"].append(Skew(_moment(dice, scale), dice.uniform(6, 10), dice.choice(_SKEWS_S)))


def _moment(dice: random.Random, scale: Scale) -> float:
    return dice.uniform(0.1, 0.9) * scale.spread_s


def _kills(dice: random.Random, count: int, scale: Scale) -> Sequence[Kill]:
    return [
        Kill(dice.uniform(0.05, 1.0) * scale.spread_s, dice.choice([0.0, 0.0, dice.uniform(0, 6)]))
        for _ in range(count)
    ]


def _zombie(dice: random.Random, scale: Scale, *, same: bool) -> Zombie:
    frozen_s = dice.uniform(8, 20) if same else dice.uniform(14, 20)
    return Zombie(dice.uniform(0.1, 0.8) * scale.spread_s, frozen_s, same)


def _spaced(part: Part, faults: Sequence[Fault]) -> Sequence[Fault]:
    """Move later what would begin while the fault before it still lasts."""
    spaced: list[Fault] = []
    free_s = 0.0
    for fault in sorted(faults, key=lambda each: each.at_s):
        at_s = max(fault.at_s, free_s)
        moved = replace(fault, at_s=at_s)
        awake_s = moved.awake_s if isinstance(moved, Zombie) else 0.0
        free_s = _end_s(moved) + awake_s + _REST_S.get(part, _OTHERS_REST_S)
        spaced.append(moved)
    return spaced

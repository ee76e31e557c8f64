"""What goes wrong in a round, and when: drawn from a seed, so that a run can be repeated."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Part = Literal["worker", "relay", "target", "source"]

# The rest a part gets after a fault, so that the next one meets work and not only starting up.
_REST_S = {"worker": 8.0, "relay": 3.0, "target": 7.0, "source": 8.0}


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


Fault = Kill | Zombie


@dataclass(frozen=True, slots=True)
class Plan:
    """The faults of one round by part, each part's in order of time."""

    number: int
    faults: dict[Part, Sequence[Fault]]

    @property
    def end_s(self) -> float:
        """Return when the last fault is over; events flow until then."""
        return max(map(_end_s, (fault for each in self.faults.values() for fault in each)))

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
    return Plan(number, {part: _spaced(part, chosen) for part, chosen in faults.items()})


def _end_s(fault: Fault) -> float:
    return fault.at_s + (fault.down_s if isinstance(fault, Kill) else fault.frozen_s)


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
        if isinstance(fault, Kill):
            moved: Fault = Kill(at_s, fault.down_s)
            free_s = _end_s(moved) + _REST_S[part]
        else:
            moved = Zombie(at_s, fault.frozen_s, fault.same, fault.awake_s)
            free_s = _end_s(moved) + fault.awake_s + _REST_S[part]
        spaced.append(moved)
    return spaced

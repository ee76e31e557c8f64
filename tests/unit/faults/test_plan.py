"""What goes wrong is drawn from the seed alone, and one thing of a part after the other."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from tests.faults.plan import Fault, Kill, Part, Plan, Scale, Zombie, plan_round

WIDE: tuple[Part, ...] = (
    "line to source",
    "line to target",
    "line to database",
    "disk",
    "guest",
)
ROUNDS = range(1, 9)


def rounds(seed: int) -> list[Plan]:
    return [plan_round(seed, each, Scale(30, source=True, wide=WIDE)) for each in ROUNDS]


def end_s(fault: Fault) -> float:
    match fault:
        case Kill():
            return fault.at_s + fault.down_s
        case Zombie():
            return fault.at_s + fault.frozen_s + fault.awake_s
        case _:
            return fault.at_s + fault.lasts_s


def test_a_seed_repeats_its_faults_and_another_draws_others() -> None:
    assert rounds(7) == rounds(7)
    assert rounds(7) != rounds(8)


def test_a_round_without_lines_is_what_it_is_beside_them() -> None:
    narrow, wide = (plan_round(7, 3, Scale(30, wide=each)) for each in ((), WIDE))

    assert narrow.faults["relay"] == wide.faults["relay"]
    assert not narrow.faults.keys() & set(WIDE)


def test_a_part_is_in_one_trouble_at_a_time() -> None:
    for plan in rounds(7):
        for faults in plan.faults.values():
            assert all(end_s(first) < second.at_s for first, second in pairwise(faults))
            assert end_s(faults[-1]) <= plan.end_s + 4


def test_the_rounds_of_a_run_have_a_hundred_faults_of_every_part() -> None:
    kinds = sum((plan.kinds() for plan in rounds(7)), start=Counter[str]())

    assert kinds.total() >= 100
    assert {kind.partition(":")[0] for kind in kinds} == {"worker", "relay", "target", "source"} | {
        *WIDE
    }

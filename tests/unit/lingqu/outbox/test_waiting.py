from __future__ import annotations

from lingqu.outbox.waiting import Waiting


def test_the_oldest_row_is_as_old_as_the_first_look_that_found_it_or_one_behind_it() -> None:
    waiting = Waiting()
    waiting.saw(100.0, 1, 50)
    waiting.saw(110.0, 1, 90)
    assert waiting.seconds(115.0) == 15
    waiting.saw(120.0, 51, 95)  # the first 50 are published
    assert waiting.seconds(121.0) == 11
    waiting.saw(130.0, 91, 95)
    assert waiting.seconds(131.0) == 11
    waiting.saw(140.0, 96, 96)
    assert waiting.seconds(140.0) == 0


def test_an_empty_outbox_is_of_no_age() -> None:
    waiting = Waiting()
    assert waiting.seconds(5.0) == 0
    waiting.saw(1.0, 1, 1)
    waiting.saw_none()
    assert waiting.seconds(5.0) == 0
    waiting.saw(6.0, 2, 2)
    assert waiting.seconds(7.0) == 1


def test_an_outbox_that_is_stuck_for_days_takes_no_more_memory_and_stays_as_old() -> None:
    waiting = Waiting()
    for second in range(5_000):
        waiting.saw(float(second), 1, 1 + second)
    assert waiting.seconds(5_000.0) == 5_000
    waiting.saw(5_000.0, 901, 5_000)
    assert waiting.seconds(5_000.0) == 4_100
    waiting.saw(5_000.0, 4_900, 5_000)
    assert waiting.seconds(5_000.0) <= 100

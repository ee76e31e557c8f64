from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from lingqu.domain_service.imports.ahead import ahead


def test_items_come_in_order_each_made_while_the_one_before_is_used() -> None:
    made = [threading.Event() for _ in range(3)]

    def making() -> Iterator[int]:
        for number, event in enumerate(made):
            event.set()
            yield number

    found = []
    for number in ahead(making()):
        assert all(event.wait(10) for event in made[: number + 2])
        found.append(number)
    assert found == [0, 1, 2]


def test_what_making_an_item_raises_comes_at_its_turn() -> None:
    def making() -> Iterator[int]:
        yield 1
        raise ValueError("damaged")

    items = ahead(making())
    assert next(items) == 1
    with pytest.raises(ValueError, match="damaged"):
        next(items)


def test_ending_early_waits_for_the_item_that_is_being_made() -> None:
    asked, go_on = threading.Event(), threading.Event()
    done = []

    def making() -> Iterator[int]:
        yield 1
        asked.set()
        assert go_on.wait(10)
        done.append(2)
        yield 2

    items = ahead(making())
    assert next(items) == 1
    assert asked.wait(10)
    go_on.set()
    items.close()
    assert done == [2]

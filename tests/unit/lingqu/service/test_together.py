from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from lingqu.service.together import Together


class Doubling:
    """Doubles numbers, refuses 0, fails at -1; the first batch waits until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun = threading.Event()
        self.let_go = threading.Event()

    def __call__(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(numbers))
        self.begun.set()
        self.let_go.wait(10)
        if -1 in numbers:
            raise ValueError("all")
        return [2 * number if number else KeyError("none") for number in numbers]


@contextmanager
def doubling() -> Iterator[tuple[Together[int, int], Doubling]]:
    work = Doubling()
    together = Together("doubling", work)
    yield together, work
    together.close()


async def ask_behind_the_first(
    together: Together[int, int], work: Doubling, *numbers: int
) -> list[int | BaseException]:
    """Ask for these while a first one is worked on; return what came of them."""
    first = asyncio.create_task(together.ask(1))
    assert await asyncio.to_thread(work.begun.wait, 10)
    others = [asyncio.create_task(together.ask(number)) for number in numbers]
    await asyncio.sleep(0)
    work.let_go.set()
    assert await first == 2
    return await asyncio.gather(*others, return_exceptions=True)


def test_what_waits_is_worked_on_at_once() -> None:
    with doubling() as (together, work):
        found = asyncio.run(ask_behind_the_first(together, work, 2, 3, 4))

    assert found == [4, 6, 8]
    assert work.batches == [[1], [2, 3, 4]]


def test_a_refusal_is_its_own_and_a_failure_everybodys() -> None:
    with doubling() as (together, work):
        found = asyncio.run(ask_behind_the_first(together, work, 2, 0))
        assert found[0] == 4
        assert isinstance(found[1], KeyError)

    with doubling() as (together, work):
        found = asyncio.run(ask_behind_the_first(together, work, 2, -1))
        assert [type(each) for each in found] == [ValueError, ValueError]


def test_who_waits_no_more_keeps_nobody_from_an_answer() -> None:
    async def scene(together: Together[int, int], work: Doubling) -> int:
        gone = asyncio.create_task(together.ask(1))
        assert await asyncio.to_thread(work.begun.wait, 10)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        work.let_go.set()
        return await together.ask(2)

    with doubling() as (together, work):
        assert asyncio.run(scene(together, work)) == 4

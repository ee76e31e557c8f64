"""Many threads, few questions, and no answer older than who asked for it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.support.waiting import wait_until

from lingqu_worker.together import Together

MANY = 20


class Cluster:
    """Answers with how often it was asked, the first time not before it is let."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.let = threading.Event()
        self.asked: list[frozenset[int]] = []

    def ask(self, about: Collection[int]) -> Mapping[int, int]:
        self.asked.append(frozenset(about))
        self.begun.set()
        assert self.let.wait(10)
        return {each: len(self.asked) for each in about if each >= 0}


def test_what_is_asked_meanwhile_is_one_question_with_an_answer_of_its_own() -> None:
    cluster = Cluster()
    together = Together(cluster.ask)
    with ThreadPoolExecutor(MANY + 1) as threads:
        first = threads.submit(together.ask, 0)
        assert cluster.begun.wait(10)
        others = [threads.submit(together.ask, number) for number in range(1, MANY + 1)]
        wait_until(lambda: len(together._next.about) == MANY)
        cluster.let.set()

    assert first.result() == 1
    assert [each.result() for each in others] == [2] * MANY
    assert cluster.asked == [{0}, {*range(1, MANY + 1)}]


def test_there_may_be_no_answer_and_a_failure_is_told_once_to_who_asked() -> None:
    def fail(_: Collection[int]) -> Mapping[int, int]:
        raise OSError("away")

    cluster = Cluster()
    cluster.let.set()
    assert Together(cluster.ask).ask(-1) is None
    with pytest.raises(OSError, match="away"):
        Together(fail).ask(1)

"""Many threads, few questions, and no answer older than who asked for it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from lingqu_worker.together import Together

MANY = 20


class Cluster:
    """Answers with how often it was asked, the first time not before many more wait."""

    def __init__(self, together: threading.Barrier) -> None:
        self.together = together
        self.asked: list[frozenset[int]] = []

    def ask(self, about: Collection[int]) -> Mapping[int, int]:
        self.asked.append(frozenset(about))
        if len(self.asked) == 1:
            self.together.wait(10)
        return {each: len(self.asked) for each in about if each >= 0}


def test_what_is_asked_meanwhile_is_one_question_with_an_answer_of_its_own() -> None:
    cluster = Cluster(threading.Barrier(MANY + 1))
    together = Together(cluster.ask)

    def ask(number: int) -> int | None:
        cluster.together.wait(10)
        return together.ask(number)

    with ThreadPoolExecutor(MANY + 1) as threads:
        first = threads.submit(together.ask, 0)
        others = list(threads.map(ask, range(1, MANY + 1)))

    assert first.result() == 1
    assert all(answer is not None and answer > 1 for answer in others)
    assert cluster.asked[0] == {0}
    assert frozenset().union(*cluster.asked[1:]) == set(range(1, MANY + 1))
    assert len(cluster.asked) <= MANY


def test_there_may_be_no_answer_and_a_failure_is_told_once_to_who_asked() -> None:
    def fail(_: Collection[int]) -> Mapping[int, int]:
        raise OSError("away")

    assert Together(Cluster(threading.Barrier(1)).ask).ask(-1) is None
    with pytest.raises(OSError, match="away"):
        Together(fail).ask(1)

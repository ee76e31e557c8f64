"""Questions that many threads ask at once, put as one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Together(Generic[K, V]):
    """Asks for many threads: what is asked while an answer is awaited goes into the next question.

    An answer is never older than its question.
    """

    def __init__(self, ask: Callable[[Collection[K]], Mapping[K, V]]) -> None:
        self._ask = ask
        self._asking = threading.Lock()
        self._joining = threading.Lock()
        self._next: _Question[K, V] = _Question()

    def ask(self, about: K) -> V | None:
        """Return the answer, None where there is none; raises what asking raises."""
        with self._joining:
            question = self._next
            question.about.add(about)
        with self._asking:
            if not question.put:
                with self._joining:
                    self._next = _Question()
                question.put = True
                try:
                    question.answers = self._ask(question.about)
                except Exception as error:  # noqa: BLE001 - raised below, for all who asked
                    question.error = error
        if question.error is not None:
            raise question.error
        return question.answers.get(about)


class _Question(Generic[K, V]):
    """One question to come, or its answer."""

    def __init__(self) -> None:
        self.about: set[K] = set()
        self.put = False
        self.answers: Mapping[K, V] = {}
        self.error: Exception | None = None

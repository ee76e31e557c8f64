"""What was worked out lately, for as many as a given amount of text allows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """Values by key; the least recently asked for go first. Safe among threads.

    Bounded by the sum of the weights, not by a count, so that large texts cannot fill the memory.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._weight = 0
        self._found: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, weight: int, work_out: Callable[[], Value]) -> Value:
        """Return the value, worked out if need be; what cannot be worked out is not remembered."""
        with self._lock:
            if (known := self._found.get(key)) is not None:
                self._found.move_to_end(key)
                return known[0]
        value = work_out()
        with self._lock:
            self._put(key, value, weight)
        return value

    def _put(self, key: Key, value: Value, weight: int) -> None:
        if key in self._found:
            return
        self._found[key] = (value, weight)
        self._weight += weight
        while self._weight > self._capacity:
            _, (_, gone) = self._found.popitem(last=False)
            self._weight -= gone

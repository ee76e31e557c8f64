"""Meanings of texts that occur again and again, worked out once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

Text = TypeVar("Text", bound=Hashable)
Meaning = TypeVar("Meaning")

_MOST = 4096


class Remembered(dict[Text, Meaning]):
    """A dict that reads what it does not hold yet: a look-up costs no call where it does.

    What the reader raises is passed on and not remembered. It forgets everything once it is full,
    so that memory stays bounded whatever a file holds.
    """

    def __init__(self, read: Callable[[Text], Meaning], most: int = _MOST) -> None:
        super().__init__()
        self._read = read
        self._most = most

    def __missing__(self, text: Text) -> Meaning:
        meaning = self._read(text)
        if len(self) >= self._most:
            self.clear()
        self[text] = meaning
        return meaning

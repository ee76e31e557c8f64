"""Meanings of texts that occur again and again, worked out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Text = TypeVar("Text", bound="str | tuple[str, ...]")
Meaning = TypeVar("Meaning")

_MOST = 4096
_LONGEST = 200


class Remembered(dict[Text, Meaning]):
    """A dict that reads what it does not hold yet: a look-up costs no call where it does.

    What the reader raises is passed on and not remembered, nor is what a long text means. It
    forgets everything once it is full, so that memory stays bounded whatever a file holds.
    """

    def __init__(self, read: Callable[[Text], Meaning], most: int = _MOST) -> None:
        super().__init__()
        self._read = read
        self._most = most

    def __missing__(self, text: Text) -> Meaning:
        meaning = self._read(text)
        if (len(text) if isinstance(text, str) else sum(map(len, text))) > _LONGEST:
            return meaning
        if len(self) >= self._most:
            self.clear()
        self[text] = meaning
        return meaning

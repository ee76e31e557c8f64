"""The events that this process has stated lately, known without asking the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable

_AT_LEAST = 50_000


class RecentIds:
    """At least the last 50,000 ids, and up to twice as many; may be shared by threads.

    Only of what was appended to the outbox in the transaction that kept it: whatever of it comes
    back from its topic was committed, and stands.
    """

    def __init__(self, at_least: int = _AT_LEAST) -> None:
        self._at_least = at_least
        self._newer: set[str] = set()
        self._older: set[str] = set()

    def add(self, event_ids: Iterable[str]) -> None:
        """Remember these, and forget the oldest where there are too many."""
        if len(self._newer) >= self._at_least:
            self._newer, self._older = set(), self._newer
        self._newer.update(event_ids)

    def among(self, event_ids: Collection[str]) -> set[str]:
        """Return which of these are remembered."""
        wanted = set(event_ids)
        return (wanted & self._newer) | (wanted & self._older)

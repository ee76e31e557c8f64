"""How long the rows of an outbox have waited."""

from __future__ import annotations

from collections import deque

_MOST = 1_000


class Waiting:
    """Tells the age of the oldest row by when a row as new as it was first seen.

    Rows bear ids in their order and no time: it would have to be written with each of them, for a
    figure that somebody looks at now and then. So a row is as old as the first look that found it,
    or one behind it; what waited before this process began counts from then. `seconds` may be asked
    from any thread, and grows while the relay hangs.
    """

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int]] = deque()  # when, and the newest id there was
        self._since: float | None = None

    def saw(self, now_s: float, first_id: int, last_id: int) -> None:
        """Note the ids of the first and the last row that wait."""
        while self._looks and self._looks[0][1] < first_id:
            self._looks.popleft()
        if not self._looks or self._looks[-1][1] < last_id:
            self._looks.append((now_s, last_id))
        if len(self._looks) > _MOST:
            del self._looks[-2]  # its rows count from the look after it
        self._since = self._looks[0][0]

    def saw_none(self) -> None:
        """Note that nothing waits, or that another process looks after it."""
        self._looks.clear()
        self._since = None

    def seconds(self, now_s: float) -> float:
        """Return the age of the oldest row, 0 where none waits."""
        since = self._since
        return 0.0 if since is None else max(0.0, now_s - since)

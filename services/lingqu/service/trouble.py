"""What keeps a loop from its work: told once, however often it repeats, until it is over."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping

from lingqu.errors import LingquError

_LONGEST_PAUSE_S = 5.0
_FIRST_PAUSE_S = 0.2


class Trouble:
    """The trouble of one loop, for its log, its readiness and its pauses; for one writing thread.

    `why` is a sentence while the loop does not do its work, as at its start, and None while it
    does.
    """

    def __init__(self, logger: logging.Logger, at_first: str, **fields: str) -> None:
        self.why: str | None = at_first
        self._logger = logger
        self._fields: Mapping[str, str] = fields
        self._failures = 0

    def met(self, error: Exception, told: str) -> None:
        """Note what went wrong, and log it unless it is what went wrong before."""
        self._failures += 1
        known = isinstance(error, LingquError)
        why = str(error) if known else f"{type(error).__name__}, see the log"
        if why != self.why:
            said = {**self._fields, "cause": why}
            self._logger.warning(told, extra=said, exc_info=None if known else error)
        self.why = why

    def over(self, told: str | None = None) -> None:
        """Note that the work is done again, and log it where it was not."""
        if told is not None and self.why is not None:
            self._logger.info(told, extra=self._fields)
        self.why, self._failures = None, 0

    def pause_s(self) -> float:
        """Return how long to wait before the next attempt: longer each time, up to 5 s."""
        longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(self._failures, 8))
        return random.uniform(longest / 2, longest)  # noqa: S311 - jitter, not a secret

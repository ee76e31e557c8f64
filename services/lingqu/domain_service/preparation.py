"""The database made ready: at once where it answers, else as soon as it does."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from lingqu.clock import Clock
from lingqu.service.database import DatabaseUnavailableError

logger = logging.getLogger(__name__)

_PAUSE_S = 2.0

Loop = Callable[[threading.Event], None]


class Preparation:
    """Runs once what everything else needs; a service whose database is away starts, and waits."""

    def __init__(self, prepare: Callable[[], None], clock: Clock) -> None:
        self._prepare = prepare
        self._clock = clock
        self._done = threading.Event()
        self._trouble = ""

    def missing(self) -> list[str]:
        """Return in a sentence why the tables are not ready."""
        return [] if self._done.is_set() else [self._trouble or "the tables are being prepared"]

    def attempt(self) -> bool:
        """Prepare unless that is done; False while the database is away."""
        if not self._done.is_set():
            try:
                self._prepare()
            except DatabaseUnavailableError as error:
                if str(error) != self._trouble:
                    logger.warning("waiting for the database", extra={"cause": str(error)})
                self._trouble = str(error)
                return False
            self._done.set()
        return True

    def then(self, run: Loop) -> Loop:
        """Return the loop so that it begins once all is prepared."""

        def prepared(stop: threading.Event) -> None:
            while not self._done.is_set():
                if stop.is_set() or self._clock.wait(0.1, stop):
                    return
            run(stop)

        return prepared

    def run(self, stop: threading.Event) -> None:
        """Attempt until it is done or `stop` is set."""
        while not stop.is_set() and not self.attempt():
            self._clock.wait(_PAUSE_S, stop)

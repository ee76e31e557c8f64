"""A worker whose wall clock is wrong: `python -m tests.faults.skewed SECONDS serve worker`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from lingqu.clock import SystemClock
from lingqu_cli.__main__ import main

_by = timedelta(seconds=float(sys.argv[1]))


def _wrong(_clock: SystemClock) -> datetime:
    return datetime.now(UTC) + _by


if __name__ == "__main__":
    SystemClock.now = _wrong  # type: ignore[method-assign, assignment]  # the seam that all rooms ask
    sys.argv = ["lingqu", *sys.argv[2:]]
    main()

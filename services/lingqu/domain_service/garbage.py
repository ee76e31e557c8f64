"""How often a service looks for garbage that holds itself in cycles."""

from __future__ import annotations

import gc

# A batch of an import makes many times as many objects, and nearly none that are in a cycle. Whole
# collections must come all the same: what a driver's errors and cursors leave adds up otherwise.
_AFTER_NEW, _AFTER_YOUNG, _AFTER_MIDDLE = 50_000, 10, 10


def collect_seldom() -> None:
    """Leave what has been imported to itself from now on, and look through the rest seldom."""
    gc.freeze()
    gc.set_threshold(_AFTER_NEW, _AFTER_YOUNG, _AFTER_MIDDLE)

"""The compatibility levels by name."""

from __future__ import annotations

from typing import Any, Literal, get_args

from lingqu_registry.errors import invalid_level

Level = Literal[
    "NONE",
    "BACKWARD",
    "BACKWARD_TRANSITIVE",
    "FORWARD",
    "FORWARD_TRANSITIVE",
    "FULL",
    "FULL_TRANSITIVE",
]
LEVELS: tuple[Level, ...] = get_args(Level)


def level_named(name: Any) -> Level:
    """Return the level of a name in any case. Raises 42203."""
    for level in LEVELS:
        if isinstance(name, str) and name.strip().upper() == level:
            return level
    raise invalid_level()

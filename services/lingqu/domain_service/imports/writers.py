"""Values of events as cells that the readers read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lingqu.clock import CHINA
from lingqu.instants import day_at, moment_at

Writer = Callable[[Any], str]


def day(days: int) -> str:
    return day_at(days).isoformat()


def instant(ms: int) -> str:
    """Return the time in China, to the second unless there is more to tell."""
    moment = moment_at(ms).astimezone(CHINA)
    kept = "milliseconds" if ms % 1000 else "seconds"
    return moment.replace(tzinfo=None).isoformat(" ", kept)


def fen(amount_fen: int) -> str:
    """Return the amount in yuan."""
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}{abs(amount_fen) // 100}.{abs(amount_fen) % 100:02}"


def texts(values: Sequence[str]) -> str:
    return "、".join(values)


def word(words: Mapping[str, Any]) -> Writer:
    """Return the writer of a choice; a value that no word stands for is written as it is."""
    by_value = {value: spelled for spelled, value in words.items()}
    return lambda value: by_value.get(value, str(value))

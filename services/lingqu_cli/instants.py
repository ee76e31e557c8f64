"""Instants as people type them: a time of China unless they say whose, or so long ago."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated

import typer

from lingqu.clock import CHINA, SystemClock
from lingqu.errors import InputError

_FORM = "TIME"
_WORDS = "2026-11-22T16:00 (China's time), any ISO 8601 instant, or 30m, 12h, 7d ago."
Since = Annotated[str, typer.Option("--since", metavar=_FORM, help=f"From then on: {_WORDS}")]
Until = Annotated[str, typer.Option("--until", metavar=_FORM, help="Before then, said likewise.")]

_AGO = re.compile(r"^(\d+)([smhd])$")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def instant(text: str, option: str, now: datetime | None = None) -> str:
    """Return the ISO instant that a text means, nothing for nothing. Raises InputError."""
    if not text:
        return ""
    if ago := _AGO.match(text):
        length = timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        return ((now or SystemClock().now()) - length).isoformat(timespec="milliseconds")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{option}: {text!r} is no time; write {_WORDS}") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).isoformat()

"""Log lines as JSON or plain text: an event and its fields, secrets masked."""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

# What a LogRecord has of its own; all else came by `extra=`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_SECRET = re.compile(r"passw|secret|token|authorization|credential|private|hub_key", re.IGNORECASE)
# Which of a process's clients it is, and how many milliseconds: all that differs between repeats.
_INSTANCE = re.compile(r"\[rdkafka#[^\]]*\] |\b\d+ms\b")
_REPEAT_S = 30.0
_MOST_SAID = 1000
_QUIET = (
    "uvicorn",
    "uvicorn.error",
    "kafka",
    "alembic",
    "httpx2",
    "httpcore2",
    "asyncio",
    "asyncssh",
)


def configure(format_: Literal["plain", "json"] = "plain", level: str = "INFO") -> None:
    """Send this process's log to stderr; libraries only from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if format_ == "json" else PlainLines())
    handler.addFilter(Repeats())
    logging.root.handlers = [handler]
    logging.root.setLevel(level)
    for name in _QUIET:
        library = logging.getLogger(name)
        library.setLevel(logging.WARNING)
        library.handlers = []
        library.propagate = True


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return the fields given by `extra=`, those with a secret's name masked."""
    return {
        name: "***" if _SECRET.search(name) else value
        for name, value in vars(record).items()
        if name not in _OWN and name != "color_message"
    }


class Repeats(logging.Filter):
    """Lets librdkafka say one thing once in half a minute, and then how often it would have.

    While a broker is away each of its clients writes twenty lines a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name != "librdkafka":
            return True
        words = _INSTANCE.sub("", record.getMessage())
        since, held_back = self._said.get(words, (-_REPEAT_S, 0))
        if record.created - since < _REPEAT_S:
            self._said[words] = (since, held_back + 1)
            return False
        if len(self._said) >= _MOST_SAID:
            self._said.clear()
        self._said[words] = (record.created, 0)
        if held_back:
            record.held_back = held_back
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line, for a log collector."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _time_of(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **fields_of(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


class PlainLines(logging.Formatter):
    """One line a person reads: time, level, event, fields."""

    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{name}={value}" for name, value in fields_of(record).items())
        line = (
            f"{_time_of(record)} {record.levelname:<7} {record.name} {record.getMessage()} {fields}"
        )
        if record.exc_info:
            line = f"{line.rstrip()}\n{self.formatException(record.exc_info)}"
        return line.rstrip()


def _time_of(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

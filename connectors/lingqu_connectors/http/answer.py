"""An HTTP answer, read until it is whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from httptools import HttpResponseParser

_LARGEST_BODY = 8 * 1024 * 1024
_LONGEST_REST_S = 86_400.0


class BrokenAnswerError(Exception):
    """The answer ended before it was whole, or is larger than any verdict."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body, how long the partner asks to wait, and whether it keeps the connection.

    `headers` are named in small letters; one that came several times is a list with commas.
    """

    status: int
    body: bytes
    retry_after_s: float | None = None
    keeps_open: bool = True
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)


class AnswerReader:
    """Takes the bytes of a connection as they come; the parser's callbacks are its methods."""

    def __init__(self) -> None:
        self.begun = False
        self._parser = HttpResponseParser(self)
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self._size = 0
        self._headed = self._whole = self._keeps_open = False

    def feed(self, chunk: bytes) -> Answer | None:
        """Return the answer once it is whole; an empty chunk is the end of the connection."""
        if chunk:
            self.begun = True
            self._parser.feed_data(chunk)
        elif not self._ends_with_the_connection():
            raise BrokenAnswerError("the connection ended in the middle of it")
        if not self._whole and chunk:
            return None
        return Answer(
            self._parser.get_status_code(),
            b"".join(self._body),
            _seconds(self._headers.get(b"retry-after")),
            bool(chunk) and self._keeps_open,
            {
                name.decode("latin-1"): text.decode("latin-1")
                for name, text in self._headers.items()
            },
        )

    def on_header(self, name: bytes, value: bytes) -> None:
        known = self._headers.get(name.lower())
        self._headers[name.lower()] = value if known is None else b"%s, %s" % (known, value)

    def on_headers_complete(self) -> None:
        self._headed = True
        self._keeps_open = self._parser.should_keep_alive()  # asked later, it says no

    def on_body(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > _LARGEST_BODY:
            raise BrokenAnswerError(f"it is longer than {_LARGEST_BODY} bytes")
        self._body.append(part)

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() >= 200:
            self._whole = True
        else:  # 100 Continue and its like announce the answer
            self._headers.clear()
            self._headed = False

    def _ends_with_the_connection(self) -> bool:
        """Say whether a body that names no length may end here."""
        framed = {b"content-length", b"transfer-encoding"} & self._headers.keys()
        return self._headed and not framed


def _seconds(value: bytes | None) -> float | None:
    """Return a Retry-After in seconds, given as such or as a date; nonsense is none."""
    if value is None:
        return None
    text = value.decode("latin-1").strip()
    try:
        seconds = float(text) if text.isdigit() else _until(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(0.0, seconds), _LONGEST_REST_S)


def _until(date: str) -> float:
    then = parsedate_to_datetime(date)
    return (then.replace(tzinfo=then.tzinfo or UTC) - datetime.now(UTC)).total_seconds()

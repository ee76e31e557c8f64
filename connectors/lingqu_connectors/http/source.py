"""Takes in the rows that a partner's HTTP endpoint lists."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode, urljoin

from lingqu.connect.api import Options
from lingqu.connect.record_source import (
    Advance,
    Polled,
    Polling,
    RecordSource,
    SourceContext,
    SourceRow,
)
from lingqu.errors import ConfigurationError, Reason
from lingqu_connectors.http.connection import Connection, target_of
from lingqu_connectors.http.options import HttpSourceOptions
from lingqu_connectors.http.page import THEN, Page, member, page_of
from lingqu_connectors.http.position import By, Position, digest_of
from lingqu_connectors.http.signature import Signer


class HttpSource(RecordSource):
    """Guarantee: exactly once, where pages come oldest first and one that has a next is final.

    The page to ask for next, as address or cursor, commits with the rows. The last page may grow
    and change: what was taken of it is known by content, so that only rows not seen there come.
    """

    options_model: ClassVar[type[Options]] = HttpSourceOptions

    def __init__(self) -> None:
        self._connection: Connection | None = None

    @classmethod
    def polling(cls, options: Any) -> Polling:
        return Polling(options.every_s)

    def start(self, context: SourceContext) -> None:
        options: HttpSourceOptions = context.options
        self._options = options
        self._by: By = "address" if options.cursor_member is None else "cursor"
        self._signer = (
            Signer.of(context.secret(options.secret), options.secret) if options.secret else None
        )
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "lingqu",
            **options.headers,
        }
        if options.authorization_secret:
            name = options.authorization_secret
            self._headers["Authorization"] = _one_line(context.secret(name), name)
        self._connection = Connection(
            options.url, options.timeout_s, options.ca_file, context.permit, THEN
        )

    def poll(self, position: bytes | None) -> Polled | None:
        before = Position.decode(self._by, position)
        page = self._ask(before)
        if page is None:
            return None
        digests = [digest_of(row) for row in page.rows]
        rows = [
            self._row(place, row)
            for place, (row, digest) in enumerate(zip(page.rows, digests, strict=True), 1)
            if digest not in before.taken
        ]
        if page.following is not None:
            # A cursor may be new each time and bring nothing: that is no reason to ask at once.
            more = bool(page.rows) or self._by == "address"
            return Polled(rows, more, state=Position(self._by, page.following))
        after = before.growing(page.etag, digests)
        return Polled(rows, more=False, state=after) if rows or after != before else None

    def advance(self, polled: Polled, refused: Mapping[int, Reason]) -> Advance:
        del refused  # each is a dead letter, and that is all
        after: Position = polled.state
        return Advance(after.encode())

    def settled(self, position: bytes) -> None:
        """Nothing follows at the source: the partner keeps its pages."""

    def stop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _ask(self, position: Position) -> Page | None:
        assert self._connection is not None, "start comes first"  # noqa: S101 - a programming error
        target = self._target(position)
        headers = {**self._headers, **self._signed(target)}
        if position.etag is not None:
            headers["If-None-Match"] = position.etag
        answer = self._connection.get(target, headers)
        return page_of(answer, self._options, urljoin(self._options.url, target), position.at)

    def _target(self, position: Position) -> str:
        first = target_of(self._options.url)
        if position.at is None:
            return first
        if self._by == "address":
            return position.at
        cursor = urlencode({self._options.cursor_parameter: position.at})
        return f"{first}{'&' if '?' in first else '?'}{cursor}"

    def _signed(self, target: str) -> Mapping[str, str]:
        """Sign an empty body; the id names the page, so that the signature holds for no other."""
        if self._signer is None:
            return {}
        digest = hashlib.sha256(f"GET {target}".encode()).hexdigest()
        return self._signer.headers(f"msg_{digest[:32]}", int(time.time()), b"")

    def _row(self, number: int, row: Any) -> SourceRow:
        place = f"{self._options.url}, row {number} of a page"
        event = member(row, self._options.row)
        if isinstance(event, dict):
            return SourceRow(place, event)
        where = f"at {self._options.row!r} " if self._options.row else ""
        return SourceRow(place, None, Reason("undecodable", f"there is no JSON object {where}here"))


def _one_line(text: str, name: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise ConfigurationError(
            f"the secret {name!r} is no header: it must be one line of ASCII, as Bearer …"
        )
    return text

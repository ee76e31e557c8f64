"""An answer as a page of rows, and the way to the next one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson

from lingqu.errors import PermanentError, UnavailableError
from lingqu_connectors.http.answer import Answer
from lingqu_connectors.http.connection import target_of
from lingqu_connectors.http.options import HttpSourceOptions

THEN = "the same page is asked for again"

# Digests of a page's rows stand in the position, and a Kafka record holds a megabyte.
_MOST_ROWS = 20_000
_LONGEST_WAY = 8_000

_NEXT = re.compile(r'<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^",;\s]+))*)')
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]+))', re.IGNORECASE)
_MOVES = {
    401: "it does not accept the login or signature: both sides must hold the same secret",
    403: "it does not let the hub in: it must allow its address and login",
    404: "there is nothing at that address: it must serve it, or the agreement name another",
    410: "it no longer has the page to go on from: rows may be missing, ask the partner",
    429: "it asks for time",
    503: "it asks for time",
}


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one answer; `following` is the next page's path and query, or its cursor."""

    rows: Sequence[Any]
    following: str | None
    etag: str | None


def page_of(answer: Answer, options: HttpSourceOptions, asked: str, at: str | None) -> Page | None:
    """Return the page that lies at the address `asked`, None where nothing of it has changed.

    `at` is the cursor asked with. Raises UnavailableError where the answer is no page. An ETag is
    often one of the body alone, so that a page which now has a next one answers 304 with a Link.
    """
    if answer.status not in (200, 204, 304):
        moves = "redirects are not followed: the agreement must name the address itself"
        otherwise = moves if 300 <= answer.status < 400 else "it is in trouble"
        raise UnavailableError(
            f"{options.url} answered {answer.status}: {_MOVES.get(answer.status, otherwise)}; "
            f"{THEN}",
            retry_after_s=answer.retry_after_s,
        )
    body = _parsed(answer.body, options.url) if answer.status == 200 else None
    rows = _rows(body, options)
    following = _cursor(body, options, at) if options.cursor_member else None
    if options.cursor_member is None and (link := _link(answer, body, options)):
        following = _beside(asked, link)
        following = None if following == target_of(asked) else following
    if answer.status == 304 and following is None:
        return None
    return Page(rows, following, answer.headers.get("etag"))


def member(value: Any, path: str | None) -> Any:
    """Return what stands at a path of members, None where nothing does."""
    for name in path.split(".") if path else ():
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _parsed(body: bytes, url: str) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnavailableError(f"{url} answered 200 and no JSON; {THEN}") from error


def _rows(body: Any, options: HttpSourceOptions) -> Sequence[Any]:
    if body is None:
        return []
    rows = member(body, options.rows)
    if not isinstance(rows, list):
        where = f"no list at {options.rows!r}" if options.rows else "no list"
        raise UnavailableError(
            f"{options.url} answered 200 and {where}: the option rows says where its rows are; "
            f"{THEN}"
        )
    if len(rows) > _MOST_ROWS:
        raise PermanentError(
            f"{options.url} has {len(rows):,} rows on one page, more than {_MOST_ROWS:,}; let the "
            "url ask for smaller pages"
        )
    return rows


def _cursor(body: Any, options: HttpSourceOptions, at: str | None) -> str | None:
    """Return the cursor to go on from; none, an empty one and the same again are the end."""
    found = member(body, options.cursor_member)
    if found is None or found == "" or isinstance(found, bool | dict | list | float):
        return None
    cursor = str(found)
    return None if cursor == at else _short(cursor, options.url)


def _link(answer: Answer, body: Any, options: HttpSourceOptions) -> str | None:
    """Return the reference to the next page: a member of the answer, or a Link (RFC 8288)."""
    if options.next_member is not None:
        found = member(body, options.next_member)
        return found if isinstance(found, str) and found else None
    for link in _NEXT.finditer(answer.headers.get("link", "")):
        relation = _REL.search(link[2])
        if relation and "next" in (relation[1] or relation[2] or "").lower().split():
            return link[1]
    return None


def _beside(asked: str, reference: str) -> str:
    """Return path and query; another host would get the secrets that are for this one."""
    address = urljoin(asked, reference)
    here, there = urlsplit(asked), urlsplit(address)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        raise PermanentError(
            f"{asked} names a next page at another place, {there.scheme}://{there.netloc}; only "
            "pages of the agreed host are asked for: the partner must serve them there"
        )
    if not address.isascii() or not address.isprintable() or " " in address:
        raise UnavailableError(f"{asked} names a next page that is no address; {THEN}")
    return _short(target_of(address), asked)


def _short(way: str, url: str) -> str:
    if len(way) > _LONGEST_WAY:
        raise UnavailableError(
            f"{url} names a next page by over {_LONGEST_WAY:,} characters; {THEN}"
        )
    return way

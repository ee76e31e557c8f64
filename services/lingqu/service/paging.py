"""Lists in pages: a cursor names the last row seen, so that new rows shift and repeat none."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import orjson
from fastapi import Query

from lingqu.errors import InputError

T = TypeVar("T")

Position = tuple[str | int, ...]

PageSize = Annotated[int, Query(alias="limit", ge=1, le=1000, description="rows a page")]
PageCursor = Annotated[
    str | None, Query(alias="cursor", max_length=2000, description="`next` of the page before")
]


class CursorError(InputError):
    """A cursor is not one that this list gave out."""

    status = 400

    def __init__(self, listing: str) -> None:
        super().__init__(f"the cursor is none of {listing!r}; begin again without one")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in order and the cursor of the next page, None at the end."""

    items: Sequence[T]
    next: str | None


def cursor_of(listing: str, position: Position) -> str:
    """Return the opaque text that stands for a place in the listing."""
    return base64.urlsafe_b64encode(orjson.dumps([listing, *position])).decode().rstrip("=")


def position_of(listing: str, cursor: str | None) -> Position | None:
    """Return the place a cursor stands for, None for the start; CursorError for any other text."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except ValueError as error:
        raise CursorError(listing) from error
    if not isinstance(parts, list) or len(parts) < 2 or parts[0] != listing:
        raise CursorError(listing)
    if not all(type(part) in {str, int} for part in parts):
        raise CursorError(listing)
    return tuple(parts[1:])


def page(listing: str, rows: Sequence[T], limit: int, position: Callable[[T], Position]) -> Page[T]:
    """Return the page of rows that were asked for with `limit + 1` to see whether more come."""
    if len(rows) <= limit:
        return Page(rows, None)
    kept = rows[:limit]
    return Page(kept, cursor_of(listing, position(kept[-1])))

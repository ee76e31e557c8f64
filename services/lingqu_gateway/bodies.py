"""Request bodies: a JSON array, an envelope of events, one event, or JSON lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from lingqu.errors import InputError, Reason

_LINES = frozenset(
    {"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}
)


class BrokenJsonError(InputError):
    """The body is not JSON; says where."""

    status = 400

    def __init__(self, error: orjson.JSONDecodeError) -> None:
        super().__init__(
            f"the body is not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        )


@dataclass(frozen=True, slots=True)
class Offered:
    """The events of one request, and the reason of each line that is not JSON."""

    rows: Sequence[Any]
    broken: Mapping[int, Reason] = field(default_factory=dict)


def read_events(body: bytes, content_type: str) -> Offered:
    """Return what the body offers; raise InputError where no event can be told from the next."""
    if content_type.partition(";")[0].strip().lower() in _LINES:
        return _read_lines(body)
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if _begins_with_an_object_line(body):
            return _read_lines(body)
        raise BrokenJsonError(error) from error
    if isinstance(parsed, dict):
        parsed = parsed["events"] if parsed.keys() == {"events"} else [parsed]
    if not isinstance(parsed, list):
        raise InputError('the body is not a list of events; send [ … ] or {"events": [ … ]}')
    return _not_empty(Offered(parsed))


def _read_lines(body: bytes) -> Offered:
    """Read JSON lines; one broken line is refused by itself, for the next one begins anew."""
    rows: list[Any] = []
    broken: dict[int, Reason] = {}
    for number, line in enumerate(body.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(orjson.loads(line))
        except orjson.JSONDecodeError as error:
            place = f"line {number}, column {error.colno}"
            broken[len(rows)] = Reason("undecodable", f"not JSON at {place}: {error.msg}")
            rows.append(None)
    return _not_empty(Offered(rows, broken))


def _begins_with_an_object_line(body: bytes) -> bool:
    first, newline, _ = body.lstrip().partition(b"\n")
    try:
        return bool(newline) and isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        return False


def _not_empty(offered: Offered) -> Offered:
    if not offered.rows:
        raise InputError("the body holds no event; send at least one")
    return offered

"""Times as answers show them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(at_ms: int) -> str:
    """Return the instant, milliseconds since 1970, in ISO 8601 and UTC."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).isoformat()

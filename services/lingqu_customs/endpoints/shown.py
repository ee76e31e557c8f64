"""Times as answers show them."""

from __future__ import annotations

from lingqu.instants import moment_at


def instant(at_ms: int) -> str:
    """Return the instant, milliseconds since 1970, in ISO 8601 and UTC."""
    return moment_at(at_ms).isoformat()

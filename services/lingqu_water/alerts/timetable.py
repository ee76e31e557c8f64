"""When an alert that nobody acknowledges is sent again, and to whom it is passed up."""

from __future__ import annotations

from lingqu_water.alerts.scale import Reminding

_MINUTE_MS = 60_000


def due_ms(reminding: Reminding, reminder: int, sent_ms: int) -> int:
    """Return when the alert, sent for the given time (0 the first), is due again."""
    steps = reminding.steps
    minutes = steps[reminder].minutes if reminder < len(steps) else reminding.repeat
    return sent_ms + minutes * _MINUTE_MS


def posts(reminding: Reminding, reminder: int) -> tuple[str, ...]:
    """Return the posts it was passed up to by then, the highest last."""
    passed = reminding.steps[:reminder]
    return tuple(step.escalate_to for step in passed if step.escalate_to is not None)

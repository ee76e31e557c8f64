"""Which region an id belongs to: ids begin with the region that made them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from lingqu.inbox.handler import Received

logger = logging.getLogger(__name__)


def belongs(thing_id: str, region: str) -> bool:
    """Say whether the region made the id, and so may speak of the thing."""
    return thing_id.startswith(f"{region}-")


def spoken_for(topic: str, events: Sequence[Received], id_field: str) -> list[Received]:
    """Return the events whose region made the id they speak of; the others are told and left out.

    Admission checks that a caller speaks for its region; this, that it speaks of its own things.
    """
    kept = [event for event in events if belongs(event[id_field], event["origin"])]
    for event in events:
        if not belongs(event[id_field], event["origin"]):
            logger.error(
                "event left out: its region did not make what it speaks of",
                extra={"topic": topic, "event_id": event["event_id"], "origin": event["origin"]},
            )
    return kept

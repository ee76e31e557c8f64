"""A topic dropped and made anew under its name."""

from __future__ import annotations

import time

from confluent_kafka.admin import AdminClient, NewTopic

_PATIENCE_S = 30.0


def remake(admin: AdminClient, topic: str, partitions: int) -> None:
    """Return when the other topic is there; what was in the first one is gone."""
    for future in admin.delete_topics([topic]).values():
        future.result(10)
    deadline = time.monotonic() + _PATIENCE_S
    while topic in admin.list_topics(timeout=10).topics:
        if time.monotonic() > deadline:
            raise TimeoutError(f"topic {topic} does not go")
        time.sleep(0.02)
    for future in admin.create_topics([NewTopic(topic, partitions)]).values():
        future.result(10)

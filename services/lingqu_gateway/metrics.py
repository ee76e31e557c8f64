"""What the gateway counts."""

from __future__ import annotations

from lingqu.metrics import Metric

EVENTS = Metric(
    "lingqu_gateway_events_total",
    "counter",
    "Events offered, by outcome (accepted, repeat, refused) and the code of a refusal",
    ("topic", "outcome", "code"),
)
BATCH_SECONDS = Metric(
    "lingqu_gateway_batch_seconds",
    "histogram",
    "Seconds from a parsed batch to its durable commit",
    ("topic",),
)
FORGOTTEN = Metric(
    "lingqu_gateway_forgotten_total",
    "counter",
    "Kept answers and event ids that were deleted for their age",
    ("what",),
)
METRICS = (EVENTS, BATCH_SECONDS, FORGOTTEN)

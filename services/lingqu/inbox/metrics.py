"""What an inbox counts."""

from __future__ import annotations

from lingqu.metrics import Metric

EVENTS = Metric(
    "lingqu_inbox_events_total",
    "counter",
    "Events consumed, by outcome: handled, known before, or undecodable",
    ("service", "topic", "outcome"),
)
BEHIND = Metric(
    "lingqu_inbox_behind_events",
    "gauge",
    "Records of the topic that were not consumed yet, as last heard",
    ("service", "topic"),
)
FAILURES = Metric(
    "lingqu_inbox_failures_total",
    "counter",
    "Times that an inbox stopped on an error and started again after a pause",
    ("service", "kind"),
)
METRICS = (EVENTS, BEHIND, FAILURES)

"""What control counts."""

from __future__ import annotations

from lingqu.metrics import Metric

VERSIONS = Metric(
    "lingqu_control_agreement_versions",
    "gauge",
    "Versions of agreements by their state",
    ("state",),
)
FEEDS_PAUSED = Metric("lingqu_control_feeds_paused", "gauge", "Feeds that an operator has paused")
ORDERS_OPEN = Metric(
    "lingqu_control_orders_open",
    "gauge",
    "Orders on feeds that are not done yet, by what they order",
    ("kind",),
)
EXPIRED = Metric(
    "lingqu_control_expired_total", "counter", "Agreements whose term control has seen end"
)
ANNOUNCED = Metric(
    "lingqu_control_announced_total",
    "counter",
    "Times all agreements were published again to a topic that knew none",
)
UPKEEP_FAILURES = Metric(
    "lingqu_control_upkeep_failures_total",
    "counter",
    "Rounds of upkeep that failed and were tried again",
    ("kind",),
)
METRICS = (VERSIONS, FEEDS_PAUSED, ORDERS_OPEN, EXPIRED, ANNOUNCED, UPKEEP_FAILURES)

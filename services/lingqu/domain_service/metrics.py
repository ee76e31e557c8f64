"""What every domain's service counts."""

from __future__ import annotations

from lingqu.metrics import Metric

FORGOTTEN = Metric(
    "lingqu_domain_service_forgotten_total",
    "counter",
    "Kept answers and imports that were deleted for their age",
    ("what",),
)
UPKEEP_FAILURES = Metric(
    "lingqu_domain_service_upkeep_failures_total",
    "counter",
    "Times that something done by the clock failed",
    ("chore",),
)
METRICS = (FORGOTTEN, UPKEEP_FAILURES)

"""What the water service counts."""

from __future__ import annotations

from lingqu.metrics import Metric

READINGS = Metric(
    "lingqu_water_readings_total",
    "counter",
    "Statements about readings, by way in (own, topic) and what each came to",
    ("way", "outcome"),
)
FORGOTTEN = Metric(
    "lingqu_water_forgotten_total",
    "counter",
    "Kept answers and imports that were deleted for their age",
    ("what",),
)
UPKEEP_FAILURES = Metric(
    "lingqu_water_upkeep_failures_total",
    "counter",
    "Times that something done by the clock failed",
    ("chore",),
)
METRICS = (READINGS, FORGOTTEN, UPKEEP_FAILURES)

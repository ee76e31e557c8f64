"""What the water service counts."""

from __future__ import annotations

from lingqu.metrics import Metric

READINGS = Metric(
    "lingqu_water_readings_total",
    "counter",
    "Statements about readings, by way in (own, topic) and what each came to",
    ("way", "outcome"),
)
METRICS = (READINGS,)

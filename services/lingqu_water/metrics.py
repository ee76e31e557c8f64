"""What the water service counts."""

from __future__ import annotations

from lingqu.metrics import Metric

READINGS = Metric(
    "lingqu_water_readings_total",
    "counter",
    "Statements about readings, by way in (own, topic) and what each came to",
    ("way", "outcome"),
)
ALERTS = Metric(
    "lingqu_water_alerts",
    "gauge",
    "Alerts of our own by level and state",
    ("level", "state"),
)
UNACKNOWLEDGED_SECONDS = Metric(
    "lingqu_water_unacknowledged_seconds",
    "gauge",
    "Age of the oldest alert of a level that nobody has acknowledged, 0 where there is none",
    ("level",),
)
REMINDERS = Metric(
    "lingqu_water_reminders_total",
    "counter",
    "Alerts sent again for want of an acknowledgement",
    ("level",),
)
INCIDENTS = Metric(
    "lingqu_water_incidents",
    "gauge",
    "Incidents by direction (own, received) and state",
    ("direction", "state"),
)
OVERDUE_REGIONS = Metric(
    "lingqu_water_overdue_regions",
    "gauge",
    "Regions downstream that have not acknowledged a report of ours in time, over all incidents",
)
UNANSWERED_INCIDENTS = Metric(
    "lingqu_water_unanswered_incidents",
    "gauge",
    "Incidents of other regions whose last report our people have not acknowledged",
)
METRICS = (
    READINGS,
    ALERTS,
    UNACKNOWLEDGED_SECONDS,
    REMINDERS,
    INCIDENTS,
    OVERDUE_REGIONS,
    UNANSWERED_INCIDENTS,
)

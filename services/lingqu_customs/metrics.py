"""What the customs service counts."""

from __future__ import annotations

from lingqu.metrics import Metric

RECEIPTS = Metric(
    "lingqu_customs_receipts_total",
    "counter",
    "Receipts by way in (own, topic) and what each came to (first, repeat)",
    ("way", "outcome"),
)
OVERDUE_LEGS = Metric(
    "lingqu_customs_overdue_legs",
    "gauge",
    "Transit legs that departed, should have arrived and have not",
)
OPEN_WORK_ITEMS = Metric(
    "lingqu_customs_open_work_items",
    "gauge",
    "Receipts and amendments that did not follow and that nobody has looked into",
)
METRICS = (RECEIPTS, OVERDUE_LEGS, OPEN_WORK_ITEMS)

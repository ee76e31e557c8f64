"""What the credit service counts."""

from __future__ import annotations

from lingqu.metrics import Metric

REPAIRS = Metric(
    "lingqu_credit_repairs", "gauge", "Repairs of our own records by state", ("state",)
)
OVERDUE_STOP_USES = Metric(
    "lingqu_credit_overdue_stop_uses",
    "gauge",
    "Granted repairs that a region has not answered by the deadline",
    ("region",),
)
OVERDUE_OBJECTIONS = Metric(
    "lingqu_credit_overdue_objections",
    "gauge",
    "Objections to our records that are not decided by their deadline",
)
ENDED = Metric(
    "lingqu_credit_ended_total",
    "counter",
    "Records that ended by themselves, by kind",
    ("kind",),
)
REMOVED = Metric(
    "lingqu_credit_removed_total",
    "counter",
    "Rows of repaired records that were removed, by kind",
    ("kind",),
)
METRICS = (REPAIRS, OVERDUE_STOP_USES, OVERDUE_OBJECTIONS, ENDED, REMOVED)

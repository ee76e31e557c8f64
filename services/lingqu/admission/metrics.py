"""What is counted of admission, by whoever knows that the answer stands."""

from __future__ import annotations

from lingqu.metrics import Metric

REFUSED = Metric(
    "lingqu_admission_refused_events_total",
    "counter",
    "Events that a way in has refused, at once: by the contract's rule, else the reason's code",
    ("topic", "reason"),
)
METRICS = (REFUSED,)

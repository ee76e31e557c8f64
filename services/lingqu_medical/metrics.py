"""What the medical service counts."""

from __future__ import annotations

from lingqu.metrics import Metric

HELD = Metric(
    "lingqu_medical_held_settlements",
    "gauge",
    "Settlements held back from clearing because their amounts do not balance",
)
WAITING = Metric(
    "lingqu_medical_waiting_rectifications",
    "gauge",
    "Rectifications that no reconciliation has proved or disproved",
)
OVERDUE_INQUIRIES = Metric(
    "lingqu_medical_overdue_inquiries",
    "gauge",
    "Inquiries to us whose answer is overdue",
)
LOW_PREPAYMENTS = Metric(
    "lingqu_medical_low_prepayments",
    "gauge",
    "Prepayments of which so much is used that the fund is warned",
)
DISAGREEMENTS = Metric(
    "lingqu_medical_disagreeing_statements",
    "gauge",
    "Clearing statements that a recomputation from the events no longer comes to: an event of the"
    " gateway or of a partner brought a period that was stated; `lingqu medical disagreements`",
)
METRICS = (DISAGREEMENTS, HELD, WAITING, OVERDUE_INQUIRIES, LOW_PREPAYMENTS)

"""What a relay counts."""

from __future__ import annotations

from lingqu.metrics import Metric

PUBLISHED = Metric(
    "lingqu_outbox_published_total",
    "counter",
    "Events published from the outbox, each once",
    ("service", "topic"),
)
PENDING = Metric(
    "lingqu_outbox_pending",
    "gauge",
    "Events committed to the outbox and not yet published",
    ("service",),
)
OLDEST_SECONDS = Metric(
    "lingqu_outbox_oldest_seconds",
    "gauge",
    "How long the oldest event of the outbox has waited to be published, as this process saw it",
    ("service",),
)
TRANSACTION_SECONDS = Metric(
    "lingqu_outbox_transaction_seconds",
    "histogram",
    "Seconds of deleting the rows of the last batch, reading the next one and publishing it",
    ("service",),
)
FAILURES = Metric(
    "lingqu_outbox_failures_total",
    "counter",
    "Times the relay stopped on an error and started again after a pause",
    ("service", "kind"),
)
ACTIVE = Metric(
    "lingqu_outbox_active",
    "gauge",
    "1 where this process's relay is the one that publishes, 0 where it waits",
    ("service",),
)
METRICS = (PUBLISHED, PENDING, OLDEST_SECONDS, TRANSACTION_SECONDS, FAILURES, ACTIVE)

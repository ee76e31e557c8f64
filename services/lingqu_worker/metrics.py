"""What the data plane counts."""

from __future__ import annotations

from lingqu.metrics import Metric

DELIVERED = Metric(
    "lingqu_worker_delivered_events_total",
    "counter",
    "Events that reached the target durably",
    ("feed",),
)
ADMITTED = Metric(
    "lingqu_worker_admitted_events_total",
    "counter",
    "Events of partners admitted to a canonical topic",
    ("feed",),
)
REPEATS = Metric(
    "lingqu_worker_repeated_events_total",
    "counter",
    "Rows of polled sources that the topic had already, so that they were not published again",
    ("feed",),
)
FILTERED = Metric(
    "lingqu_worker_filtered_events_total",
    "counter",
    "Events not for this partner: by the agreement's filter, or of a foreign origin",
    ("feed", "why"),
)
VIEW_SECONDS = Metric(
    "lingqu_worker_view_cpu_seconds_total",
    "counter",
    "Processor time that went into decoding, filter and view",
    ("feed",),
)
DEAD_LETTERS = Metric(
    "lingqu_worker_dead_letters_total",
    "counter",
    "Events written to lingqu.dlt.v1, by reason",
    ("feed", "code"),
)
RETRIES = Metric(
    "lingqu_worker_retries_total",
    "counter",
    "Times a lane backed off and tried again",
    ("feed",),
)
BATCH_SECONDS = Metric(
    "lingqu_worker_batch_seconds",
    "histogram",
    "Time from taking a batch to its durable delivery",
    ("feed",),
)
LAG = Metric(
    "lingqu_worker_lag_events",
    "gauge",
    "Records of the source topic not yet dealt with",
    ("feed",),
)
LANES = Metric(
    "lingqu_worker_lanes",
    "gauge",
    "Lanes by state: opening, running, waiting, failed",
    ("feed", "state"),
)
PARKED = Metric(
    "lingqu_worker_parked_events",
    "gauge",
    "Events that wait on lingqu.parked.v1 for another try, or behind one of their key",
    ("feed",),
)
OLDEST_PARKED = Metric(
    "lingqu_worker_oldest_parked_seconds",
    "gauge",
    "How long the oldest parked event of a feed has waited; 0 where none is parked",
    ("feed",),
)
BREAKER = Metric(
    "lingqu_worker_breaker_open",
    "gauge",
    "1 while a partner is left alone because it does not answer, 0.5 while one call asks it again",
    ("partner", "connector"),
)
AGREEMENTS_FRESH = Metric(
    "lingqu_worker_agreements_fresh",
    "gauge",
    "1 while the end of lingqu.agreement.v1 was seen within 8 s; at 0 nothing is sent",
)

ALL = (
    DELIVERED,
    ADMITTED,
    REPEATS,
    FILTERED,
    VIEW_SECONDS,
    DEAD_LETTERS,
    RETRIES,
    BATCH_SECONDS,
    LAG,
    LANES,
    PARKED,
    OLDEST_PARKED,
    BREAKER,
    AGREEMENTS_FRESH,
)

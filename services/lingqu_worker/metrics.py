"""What the data plane counts."""

from __future__ import annotations

from lingqu.metrics import Metric

SENT = Metric(
    "lingqu_worker_sent_events_total",
    "counter",
    "Events handed to the sink, each time; compare lingqu_worker_delivered_events_total",
    ("feed",),
)
DELIVERED = Metric(
    "lingqu_worker_delivered_events_total",
    "counter",
    "Events that reached the target durably: acknowledged, each once",
    ("feed",),
)
LATENCY = Metric(
    "lingqu_worker_delivery_latency_seconds",
    "histogram",
    "Time from occurred_at to the target's acknowledgement, of live events of the feed's own lanes",
    ("feed",),
    (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400, 604_800),
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
THROTTLED_SECONDS = Metric(
    "lingqu_worker_throttled_seconds_total",
    "counter",
    "Time that lanes waited because of the limits of their agreement",
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
LAG_SECONDS = Metric(
    "lingqu_worker_lag_seconds",
    "gauge",
    "Age of the oldest record of the source topic that is not dealt with, as far as it was read",
    ("feed",),
)
RETENTION_USED = Metric(
    "lingqu_worker_retention_used_ratio",
    "gauge",
    "lingqu_worker_lag_seconds against the topic's retention: at 1 events are deleted undelivered",
    ("feed",),
)
LANES = Metric(
    "lingqu_worker_lanes",
    "gauge",
    "Lanes by state: opening, running, waiting, failed",
    ("feed", "state"),
)
OPEN_PRODUCERS = Metric(
    "lingqu_worker_open_producers",
    "gauge",
    "Lanes that hold a transactional producer now; LINGQU_WORKER_TRANSACTIONAL_LANES at most",
)
PARKED = Metric(
    "lingqu_worker_parked_events",
    "gauge",
    "Events that wait on lingqu.parked.v1 for another try, or behind one of their key",
    ("feed",),
)
PARKED_KEYS = Metric(
    "lingqu_worker_parked_keys",
    "gauge",
    "Keys with an event that waits for another try; an event without one counts as a key",
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
CLOCK_SKEW = Metric(
    "lingqu_worker_clock_skew_seconds",
    "gauge",
    "How far this worker's clock is ahead of its broker's: warned of beyond 2, stopped beyond 30",
)

ALL = (
    SENT,
    DELIVERED,
    LATENCY,
    ADMITTED,
    REPEATS,
    FILTERED,
    VIEW_SECONDS,
    DEAD_LETTERS,
    RETRIES,
    THROTTLED_SECONDS,
    BATCH_SECONDS,
    LAG,
    LAG_SECONDS,
    RETENTION_USED,
    LANES,
    OPEN_PRODUCERS,
    PARKED,
    PARKED_KEYS,
    OLDEST_PARKED,
    BREAKER,
    AGREEMENTS_FRESH,
    CLOCK_SKEW,
)

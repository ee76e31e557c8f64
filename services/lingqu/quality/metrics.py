"""What is counted of the quality of events; up to ten seconds behind, and bounded in its series."""

from __future__ import annotations

from lingqu.metrics import Metric

_SERIES = ("contract", "origin", "producer")

EVENTS = Metric(
    "lingqu_quality_events_total",
    "counter",
    "Events that came in, by outcome: accepted, refused, or repeat where one came again",
    (*_SERIES, "outcome"),
)
REFUSED = Metric(
    "lingqu_quality_refused_total",
    "counter",
    "Refused events by the rule they break, else by the code of the reason",
    (*_SERIES, "reason"),
)
CHANGES = Metric(
    "lingqu_quality_changes_total",
    "counter",
    "Accepted events by change: first, revision or withdrawal",
    (*_SERIES, "change"),
)
TIMED = Metric(
    "lingqu_quality_timed_total",
    "counter",
    "Accepted live events by whether they came within the time their contract allows",
    (*_SERIES, "on_time"),
)
FIELDS = Metric(
    "lingqu_quality_fields_total",
    "counter",
    "Optional fields of accepted events by whether they were filled",
    (*_SERIES, "filled"),
)
UNTOLD = Metric(
    "lingqu_quality_untold_series",
    "gauge",
    "Scores that have changed since control was last told of them",
)
METRICS = (EVENTS, REFUSED, CHANGES, TIMED, FIELDS, UNTOLD)

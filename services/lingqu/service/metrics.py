"""What every HTTP service counts about its requests."""

from __future__ import annotations

from lingqu.metrics import Metric

REQUESTS = Metric(
    "lingqu_service_requests_total",
    "counter",
    "HTTP requests answered, by route template and status code",
    ("service", "method", "route", "status"),
)
REQUEST_SECONDS = Metric(
    "lingqu_service_request_seconds",
    "histogram",
    "Seconds from the first byte of a request to the last byte of its answer",
    ("service", "method", "route"),
)
METRICS = (REQUESTS, REQUEST_SECONDS)

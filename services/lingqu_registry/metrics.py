"""What the registry counts."""

from __future__ import annotations

from lingqu.metrics import Metric

REGISTRATIONS = Metric(
    "lingqu_registry_registrations_total",
    "counter",
    "Schemas sent to be registered, by outcome: registered, known or refused",
    ("outcome",),
)
CONTRACTS_CLASHING = Metric(
    "lingqu_registry_contracts_clashing",
    "gauge",
    "Contracts that could not be registered at start; the log and /readyz name them",
)

METRICS = (REGISTRATIONS, CONTRACTS_CLASHING)

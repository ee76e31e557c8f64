"""What is stated under a key of its own, and corrected under it."""

from __future__ import annotations

from lingqu.domain_service.statements.noun import Noun
from lingqu_medical.tables import FILING, REVERSAL, SETTLEMENT

FILINGS = Noun(
    "filing",
    "medical.filing.v1",
    FILING,
    ("filing_id",),
    instants=("filed_at",),
    days=("effective_from", "effective_until", "ended_on"),
)
SETTLEMENTS = Noun(
    "settlement",
    "medical.settlement.v1",
    SETTLEMENT,
    ("setl_id",),
    instants=("setl_time",),
    days=("brdy",),
)
REVERSALS = Noun(
    "reversal",
    "medical.reversal.v1",
    REVERSAL,
    ("reversal_id",),
    instants=("settled_at", "reversed_at"),
    days=("proved_on",),
)

"""What is stated under a key of its own, and corrected under it.

Ids are those of one province's platform, and two provinces may give the same: the province that
states it is part of each key.
"""

from __future__ import annotations

from lingqu.domain_service.statements.noun import Noun
from lingqu_medical.tables import FILING, REVERSAL, SETTLEMENT

FILINGS = Noun(
    "filing",
    "medical.filing.v1",
    FILING,
    ("insured_region", "filing_id"),
    instants=("filed_at",),
    days=("effective_from", "effective_until", "ended_on"),
)
SETTLEMENTS = Noun(
    "settlement",
    "medical.settlement.v1",
    SETTLEMENT,
    ("treatment_region", "setl_id"),
    instants=("setl_time",),
    days=("brdy",),
)
REVERSALS = Noun(
    "reversal",
    "medical.reversal.v1",
    REVERSAL,
    ("treatment_region", "reversal_id"),
    instants=("settled_at", "reversed_at"),
    days=("proved_on",),
)

"""What is stated about customs: each noun with its topic, its table and what names a row."""

from __future__ import annotations

from lingqu.domain_service.statements.noun import Noun
from lingqu_customs.tables import AEO, AMENDMENT, DECLARATION, INSPECTION, TRANSIT

DECLARATIONS = Noun(
    "declaration",
    "customs.declaration.v1",
    DECLARATION,
    ("declaration_no",),
    emptied={
        "counterparty": None,
        "contract_no": None,
        "bill_no": None,
        "total_fen": None,
        "goods": [],
    },
    instants=("declared_at",),
)
AMENDMENTS = Noun(
    "amendment",
    "customs.amendment.v1",
    AMENDMENT,
    ("declaration_no", "amendment_no", "step"),
    emptied={"changes": []},
    instants=("event_at", "received_at"),
)
TRANSITS = Noun(
    "transit",
    "customs.transit.v1",
    TRANSIT,
    ("transit_no", "leg", "step"),
    reason="note",
    instants=("event_at", "due_at"),
)
INSPECTIONS = Noun(
    "inspection",
    "customs.inspection.v1",
    INSPECTION,
    ("inspection_no", "step"),
    instants=("event_at",),
)
LEVELS = Noun(
    "level",
    "customs.aeo.v1",
    AEO,
    ("enterprise_code", "valid_from"),
    emptied={"offences": []},
    reason="reason",
    days=("valid_from", "valid_until", "decided_on"),
)
NOUNS = (DECLARATIONS, AMENDMENTS, TRANSITS, INSPECTIONS, LEVELS)

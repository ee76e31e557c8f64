"""What a declaration says of its own status when it is declared: nothing that customs decides."""

from __future__ import annotations

from lingqu.domain_service.statements.noun import Document

# Fields of the contract that nobody states: they follow from receipts and amendments.
FOLDED = ("statement", "state", "guaranteed", "anomaly", "receipt")


def complete_declaration(statement: Document) -> Document:
    """Return the statement with the status that it has before customs says anything."""
    state = "draft" if statement.get("declared_at") is None else "submitted"
    return statement | {"statement": "declared", "state": state}

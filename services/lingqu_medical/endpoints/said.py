"""What one side says of a matter over HTTP."""

from __future__ import annotations

from lingqu.domain_service.endpoints.declaring import Stated, Text
from lingqu.domain_service.statements.noun import Document


class Said(Stated):
    """Something that an organisation says."""

    organisation: Text | None = None

    def fields(self) -> Document:
        """Return what is said as its event carries it."""
        told = self.document()
        organisation = told.pop("organisation")
        return told | {"stated_by_org": organisation}

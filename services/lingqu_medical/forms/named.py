"""The forms by their names, for templates."""

from __future__ import annotations

from pathlib import Path

from lingqu.contracts.model import Catalogue
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu_medical.forms.platform_account import load_layout, platform_form
from lingqu_medical.forms.records import filing_form, reversal_form, settlement_form

_OF_CONTRACT = {
    "filing": filing_form,
    "settlement": settlement_form,
    "reversal": reversal_form,
}


def form_of(name: str, catalogue: Catalogue, reference: Path | None = None) -> RecordForm:
    """Return the form of that name; `reference` is the operator's folder of tables."""
    if name == "platform":
        return platform_form(load_layout(reference))
    return _OF_CONTRACT[name](catalogue.contract(f"medical.{name}").latest())

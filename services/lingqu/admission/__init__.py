"""Admission: the one step that every event passes on its way into a hub."""

from __future__ import annotations

from lingqu.admission.gate import Admission
from lingqu.admission.region import RegionScope
from lingqu.admission.results import Admitted, AdmittedBatch, EncodedRow

__all__ = ["Admission", "Admitted", "AdmittedBatch", "EncodedRow", "RegionScope"]

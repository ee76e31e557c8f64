"""Standards, limits, sections and words of the published tables, as data."""

from __future__ import annotations

from lingqu.domain_service.reference import Reference

_SHIPPED = Reference(__name__)

read_reference = _SHIPPED.read

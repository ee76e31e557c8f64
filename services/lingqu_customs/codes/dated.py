"""Rows of a table that hold for some days only."""

from __future__ import annotations

from datetime import date

from lingqu.contracts.yaml_file import ClosedModel


class Dated(ClosedModel):
    """What holds from its first day to its last, both inside; without one, it is open there."""

    valid_from: date | None = None
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )

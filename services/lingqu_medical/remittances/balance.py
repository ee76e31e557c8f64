"""What is left of a prepayment, and when to warn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Balance:
    """A fund's prepayment to a province of treatment, in fen.

    `outstanding_fen` is what that province has laid out and was not paid for yet.
    """

    insured_region: str
    treatment_region: str
    insutype: str
    prepaid_fen: int
    outstanding_fen: int

    @property
    def left_fen(self) -> int:
        return self.prepaid_fen - self.outstanding_fen

    @property
    def used_percent(self) -> float | None:
        """Return how much of it is used, rounded to a tenth; None where nothing was prepaid."""
        if self.prepaid_fen <= 0:
            return None
        return round(100 * self.outstanding_fen / self.prepaid_fen, 1)

    def warns(self, percent: int) -> bool:
        """Tell whether so much is used, or money is laid out that nobody prepaid."""
        if self.prepaid_fen <= 0:
            return self.outstanding_fen > 0
        return 100 * self.outstanding_fen >= percent * self.prepaid_fen

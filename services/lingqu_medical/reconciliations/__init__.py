"""Daily reconciliation: totals, and the exact rows that differ."""

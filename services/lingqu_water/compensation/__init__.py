"""Cross-province compensation: agreements as data, and the accounts that follow from readings."""

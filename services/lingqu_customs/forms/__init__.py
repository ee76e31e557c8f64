"""The tables that people fill in: declarations, receipts and what else is stated."""

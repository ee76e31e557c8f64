"""Declarations with their receipts and amendments: kept, folded, told and looked into."""

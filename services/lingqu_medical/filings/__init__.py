"""Filings for treatment in another province: how they stand, and the benefit ratio they give."""

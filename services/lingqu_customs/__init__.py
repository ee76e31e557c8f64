"""Customs: declarations and receipts, transit, inspection, amendments, levels of enterprises."""

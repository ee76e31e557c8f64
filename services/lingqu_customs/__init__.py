"""Customs: declarations and their receipts, transit, inspection, amendments, levels of enterprises."""

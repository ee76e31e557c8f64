"""Alerts: what programs remark on readings, on a scale of their own; people declare incidents."""

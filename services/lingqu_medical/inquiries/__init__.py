"""Inquiries between provinces, with the day by which they are answered."""

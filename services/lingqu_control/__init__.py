"""Partners, agreements and feeds: the system of record."""

"""Partners, agreements and feeds: the hub's system of record."""

"""Databases: exactly-once sink into a partner's table, and source from a table or query."""

"""Avro schemas: read, held against each other, and the profile that our own keep."""

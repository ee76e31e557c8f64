"""Alembic revisions of the water service, in order."""

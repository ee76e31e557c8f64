"""Alembic revisions of the medical service, in order."""

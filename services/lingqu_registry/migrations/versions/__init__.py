"""Alembic revisions of the registry, in order."""

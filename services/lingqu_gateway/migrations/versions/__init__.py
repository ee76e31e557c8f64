"""Alembic revisions of control, in order."""

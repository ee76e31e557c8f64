"""Alembic revisions of the credit service, in order."""

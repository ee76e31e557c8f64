"""Alembic revisions of the gateway, in order."""

"""Tables of the registry, by Alembic."""

"""What the registry keeps in SQL, and how it is read and written."""

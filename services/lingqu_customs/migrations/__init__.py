"""The schema of the customs service's database, version by version."""

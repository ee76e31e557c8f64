"""Discipline measures: the closed list, and those that are live, by subject."""

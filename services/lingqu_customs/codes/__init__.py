"""The codes of customs, read from tables with their sources."""

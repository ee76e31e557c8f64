"""The HTTP endpoints of the customs service."""

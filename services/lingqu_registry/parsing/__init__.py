"""Schemas as text: read, refused, written canonically."""

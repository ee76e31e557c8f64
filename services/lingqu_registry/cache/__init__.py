"""Answers kept as bytes for as long as they hold."""

"""Codes that name organisations and people, judged by their standards."""

"""The medical service's tables, step by step."""

"""The water service's tables, step by step."""

"""The credit service's tables, step by step."""

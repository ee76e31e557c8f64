"""The gateway's tables, step by step."""

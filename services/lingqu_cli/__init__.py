"""The lingqu command, one file a noun."""

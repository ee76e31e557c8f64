"""The whole hub on one machine."""

"""Data contracts: what a topic promises, loaded from a folder."""

"""A service's consumption of topics into its own database, exactly once."""

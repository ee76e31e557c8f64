"""Schema registry: the Confluent REST API over the hub's contracts."""

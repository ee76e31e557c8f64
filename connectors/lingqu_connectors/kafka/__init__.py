"""Kafka of another cluster: exactly-once sink and topic source."""

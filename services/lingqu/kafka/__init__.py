"""The one seam to Kafka: kafka-python to administer, librdkafka for bulk."""

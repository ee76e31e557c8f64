"""HTTP in and out for systems without Kafka."""

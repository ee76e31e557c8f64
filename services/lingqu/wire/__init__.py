"""Confluent framing, the registry client and the Avro codec."""

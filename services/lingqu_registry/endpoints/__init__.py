"""The registry's routes, a file for each family of Confluent's API."""

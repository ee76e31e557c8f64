"""The water service's paths, one file a noun."""

"""The library every room of the hub stands on."""

"""Code sets of the interface, as data."""

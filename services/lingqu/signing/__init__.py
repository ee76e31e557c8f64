"""Documents signed by named suites over their canonical JSON."""

"""Sources and sinks, one folder a system."""

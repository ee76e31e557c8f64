"""Water classes: standards as data, and what they say of readings and of periods."""

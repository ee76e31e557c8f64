"""What the medical service answers over HTTP."""

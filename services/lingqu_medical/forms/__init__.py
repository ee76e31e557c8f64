"""The forms in which people have settlements and statements of the platform."""

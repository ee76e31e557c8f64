"""Readings: statements about the water of one section at one time, and the one that stands."""

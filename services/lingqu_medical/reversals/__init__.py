"""Settlements cancelled, and calls of unknown outcome rectified."""

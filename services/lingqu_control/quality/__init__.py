"""Scorecards: what all processes of the hub have counted of the quality of data."""

"""Agreements: who may see what, in which form and for how long, and the states they go through."""

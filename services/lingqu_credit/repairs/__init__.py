"""Repair: the procedure, its fan-out, and the erasure that ends a record everywhere."""

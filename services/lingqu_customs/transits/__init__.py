"""Goods under customs transit: one story, told by the offices at both ends."""
